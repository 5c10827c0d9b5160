#include "vm/wat/name_collector.hpp"

#include "skerry/printable.hpp"

namespace skerry::vm::wat {

namespace {

class NameCollector {
public:
  NameCollector(Cursor& cursor, ModuleContext& context) : cursor_(cursor), context_(context) {}

  void run() {
    while (cursor_.ok() && cursor_.at(TokenKind::lparen)) {
      uint32_t close = cursor_.peek().close;
      cursor_.advance();
      field(cursor_.word(), close);
      cursor_.jump(close + 1);
    }
  }

private:
  /// At the field's keyword; `close` is its closing parenthesis.
  void field(std::string_view keyword, uint32_t close) {
    cursor_.advance();
    if (keyword == "import") return import();
    if (keyword == "rec") return rec_group();
    if (keyword == "type") return add(context_.types);
    if (keyword == "elem") return add(context_.elems);
    if (keyword == "data") return add(context_.datas);
    IndexSpace* space = find_space(context_, keyword);
    if (!space) return;
    add(*space);
    if (keyword == "table" && has_child("elem", close)) context_.elems.add(std::nullopt);
    if (keyword == "memory" && has_child("data", close)) context_.datas.add(std::nullopt);
  }

  void add(IndexSpace& space) {
    const Token& where = cursor_.peek();
    const std::string_view spelling = cursor_.word();
    if (!space.add(cursor_.take_id()))
      cursor_.fail_at(where, std::string("duplicate ") + space.short_kind() + " " + printable(spelling));
  }

  /// `"module" "name" (kind $name? …)`
  void import() {
    while (cursor_.at(TokenKind::string)) cursor_.advance();
    if (!cursor_.at(TokenKind::lparen)) return;
    IndexSpace* space = find_space(context_, cursor_.word(1));
    cursor_.advance();
    cursor_.advance();
    if (space) add(*space);
  }

  void rec_group() {
    while (cursor_.ok() && cursor_.at(TokenKind::lparen)) {
      uint32_t close = cursor_.peek().close;
      cursor_.advance();
      cursor_.advance();
      add(context_.types);
      cursor_.jump(close + 1);
    }
  }

  bool has_child(std::string_view keyword, uint32_t close) {
    while (cursor_.index() < close) {
      if (cursor_.at_open(keyword)) return true;
      if (cursor_.at(TokenKind::lparen)) cursor_.jump(cursor_.peek().close);
      cursor_.advance();
    }
    return false;
  }

  Cursor& cursor_;
  ModuleContext& context_;
};

} // namespace

void collect_names(Cursor cursor, ModuleContext& context, std::optional<Error>& error) {
  NameCollector(cursor, context).run();
  if (!cursor.ok()) error = cursor.error();
}

IndexSpace* find_space(ModuleContext& context, std::string_view keyword) {
  if (keyword == "func") return &context.funcs;
  if (keyword == "table") return &context.tables;
  if (keyword == "memory") return &context.memories;
  if (keyword == "global") return &context.globals;
  if (keyword == "tag") return &context.tags;
  return nullptr;
}

} // namespace skerry::vm::wat
