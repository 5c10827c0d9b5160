#include "vm/wat/cursor.hpp"

#include "skerry/printable.hpp"
#include "vm/base/utf8.hpp"
#include "vm/isa/features.hpp"
#include "vm/wat/keywords.hpp"
#include "vm/wat/number.hpp"
#include "vm/wat/source_line.hpp"

namespace skerry::vm::wat {

namespace {

constexpr size_t longest_quotation = 100;

} // namespace

std::string excerpt(std::string_view word) { return printable(word, longest_quotation); }

IdOffset Cursor::take_id() {
  if (!at(TokenKind::id)) return no_id;
  const IdOffset id = peek().begin;
  advance();
  return id;
}

std::optional<std::string> Cursor::take_name() {
  const IdOffset id = take_id();
  return id == no_id ? std::nullopt : std::optional(name_of(id));
}

IdOffset Cursor::take_name_annotation(const char* kind) {
  IdOffset name = no_id;
  while (annotation() == "name") {
    if (name != no_id) fail(std::string("@name annotation: multiple ") + kind);
    Cursor content = enter_annotation();
    if (content.at(TokenKind::string)) name = content.peek().begin;
    content.expect_name();
    leave_annotation(content, "name");
  }
  return name;
}

ItemName Cursor::take_item_name(const char* kind) {
  const IdOffset id = take_id(), shown = take_name_annotation(kind);
  return {id, shown == no_id ? id : shown};
}

std::string_view Cursor::annotation() const {
  if (failed_ || !tokens_[0].is_annotated) return {};
  constexpr std::string_view custom = "custom";
  const size_t id = annotation_start() + 2; // after "(@"
  const size_t quote = text()[id] == '"';
  return text().substr(id + quote).starts_with(custom) ? custom : "name";
}

Cursor Cursor::enter_annotation() const {
  const size_t id = annotation_start() + 2;
  const bool is_quoted = text()[id] == '"';
  return Cursor(text(), id + annotation().size() + (is_quoted ? 2 : 0));
}

void Cursor::leave_annotation(Cursor& content, const char* id) {
  if (content.ok() && !content.at(TokenKind::rparen))
    content.fail("unexpected token " + excerpt(content.word()));
  if (!content.ok())
    return fail_at(content.error_token(), "@" + std::string(id) + " annotation: " + content.message_);
  space_ = content.peek().end;
  tokens_[0].is_annotated = Lexer(text(), space_).find_annotation().has_value();
}

void Cursor::expect_no_annotation() {
  const std::string_view id = annotation();
  if (id.empty()) return;
  Token where = tokens_[0];
  where.begin = static_cast<uint32_t>(annotation_start());
  fail_at(where, "misplaced @" + std::string(id) + " annotation");
}

/// Searches first the tokens that have been read ahead, then the rest of the text.
bool Cursor::close_to(int64_t depth) {
  if (failed_) return false;
  for (; depth_ > depth && filled_ > 0; --filled_) {
    space_ = tokens_[0].end;
    depth_ += tokens_[0].kind == TokenKind::lparen;
    depth_ -= tokens_[0].kind == TokenKind::rparen;
    tokens_[0] = tokens_[1], tokens_[1] = tokens_[2];
  }
  const bool is_closed = depth_ <= depth || lexer_.skip(static_cast<uint32_t>(depth_ - depth));
  depth_ = depth;
  if (filled_ == 0) {
    space_ = lexer_.position();
    fill();
  }
  return is_closed;
}

void Cursor::expect(TokenKind kind, std::string_view what) {
  if (!at(kind) || failed_) return fail_unexpected(what);
  if (kind != TokenKind::eof) advance();
}

void Cursor::expect_open(std::string_view keyword) {
  if (!take_open(keyword)) fail_unexpected("`(" + std::string(keyword) + "`");
}

std::string Cursor::expect_string() {
  if (!at(TokenKind::string)) {
    fail_unexpected("a string");
    return std::string();
  }
  std::string value = decode_string(word());
  advance();
  return value;
}

void Cursor::expect_string(ByteWriter& out) {
  if (!at(TokenKind::string)) return fail_unexpected("a string");
  decode_string(word(), out);
  advance();
}

std::string Cursor::expect_name() {
  const Token token = peek();
  std::string name = expect_string();
  if (!is_utf8(name)) fail_at(token, "malformed UTF-8 encoding");
  return name;
}

uint64_t Cursor::expect_unsigned(unsigned bits, const char* message) {
  bool sign = word().starts_with('+') || word().starts_with('-');
  if (!at(TokenKind::integer) || sign) {
    fail_unexpected("an unsigned number");
    return 0;
  }
  auto value = parse_unsigned(word(), bits);
  if (!value) {
    fail(message);
    return 0;
  }
  advance();
  return *value;
}

void Cursor::fail_unexpected(std::string_view expected) {
  // If the next tokens are "(word", the error is about the word.
  const Token token = at(TokenKind::lparen) ? peek(1) : peek();
  std::string_view spelling = this->spelling(token);
  std::string suffix = expected.empty() ? "" : ", expected " + std::string(expected);
  if (token.kind == TokenKind::error) return fail_at(token, lexer_.error());
  if (token.kind == TokenKind::keyword)
    if (const auto feature = refused_keyword(spelling)) return fail_unsupported(token, *feature, spelling);
  bool unknown =
      token.kind == TokenKind::reserved || (token.kind == TokenKind::keyword && !is_known_keyword(spelling));
  if (unknown) return fail_at(token, "unknown operator " + excerpt(spelling) + suffix);
  std::string what = token.kind == TokenKind::eof ? "end of text" : excerpt(this->spelling(peek()));
  if (at(TokenKind::lparen)) what += excerpt(spelling);
  fail("unexpected token " + what + suffix);
}

void Cursor::fail_limit(const char* what, uint64_t limit) {
  fail_at(peek(), std::string("too many ") + what + ": the limit is " + std::to_string(limit),
          ErrorKind::limit);
}

void Cursor::fail_unsupported(const Token& token, Feature feature, std::string_view what) {
  if (failed_) return;
  feature_ = feature_name(feature);
  fail_at(token, refusal(feature, excerpt(what)), ErrorKind::unsupported);
}

void Cursor::fail_at(const Token& token, std::string message, ErrorKind kind) {
  if (failed_) return;
  error_kind_ = kind;
  error_offset_ = token.begin;
  end_.begin = end_.end = static_cast<uint32_t>(text().size());
  failed_ = true;
  message_ = std::move(message);
}

Error Cursor::error() const {
  const ErrorCode code = error_kind_ == ErrorKind::unsupported ? ErrorCode::unsupported
                         : error_kind_ == ErrorKind::limit     ? ErrorCode::limit_exceeded
                                                               : ErrorCode::none;
  Error error(error_kind_, code, message_);
  add_place(error, text(), error_offset_);
  if (!feature_.empty()) error.with_feature(feature_);
  return error;
}

} // namespace skerry::vm::wat
