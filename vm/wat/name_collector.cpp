#include "vm/wat/name_collector.hpp"

#include <string>

namespace skerry::vm::wat {

namespace {

class NameCollector {
public:
  NameCollector(Cursor& cursor, ModuleContext& context) : cursor_(cursor), context_(context) {}

  void run() {
    while (cursor_.ok() && cursor_.at(TokenKind::lparen)) {
      const int64_t depth = cursor_.depth();
      cursor_.advance();
      field(std::string(cursor_.word().substr(0, longest_keyword)), depth + 1);
      cursor_.close_to(depth);
    }
  }

private:
  static constexpr size_t longest_keyword = 16;

  /// Collects the names of the field whose keyword is at the cursor. `depth` is the depth of parentheses
  /// inside the field.
  void field(const std::string& keyword, int64_t depth) {
    cursor_.advance();
    if (keyword == "import") return import();
    if (keyword == "rec") return rec_group();
    if (keyword == "type") return add(context_.types);
    if (keyword == "elem") return add(context_.elems);
    if (keyword == "data") return add(context_.datas);
    IndexSpace* space = find_space(context_, keyword);
    if (!space) return;
    add(*space);
    if (keyword == "table" && has_child("elem", depth)) context_.elems.add(no_id, context_.names);
    if (keyword == "memory" && has_child("data", depth)) context_.datas.add(no_id, context_.names);
  }

  void add(IndexSpace& space) {
    if (space.is_full()) return cursor_.fail_limit(space.kind(), space.limit());
    const Token where = cursor_.peek();
    const ItemName name = cursor_.take_item_name(space.kind());
    const bool is_new = space.add(name.id, context_.names);
    if (name.shown != name.id) space.rename_last(name.shown);
    if (!is_new)
      cursor_.fail_at(where, std::string("duplicate ") + space.short_kind() + " " +
                                 excerpt(cursor_.spelling(where)));
  }

  /// Parses `"module" "name" (kind $name? …)`.
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
      const int64_t depth = cursor_.depth();
      cursor_.advance();
      cursor_.advance();
      add(context_.types);
      cursor_.close_to(depth);
    }
  }

  bool has_child(std::string_view keyword, int64_t depth) {
    while (cursor_.ok() && cursor_.depth() == depth && cursor_.more()) {
      if (cursor_.at_open(keyword)) return true;
      if (cursor_.at(TokenKind::lparen))
        cursor_.skip_form();
      else
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
