// Parses test scripts (skerry/wast.hpp).
#include "skerry/wast.hpp"

#include "skerry/out_of_memory.hpp"
#include "vm/isa/features.hpp"
#include "vm/wat/immediate_parser.hpp"
#include "vm/wat/lexer.hpp"
#include "vm/wat/module_parser.hpp"
#include "vm/wat/name_collector.hpp"
#include "vm/wat/number.hpp"
#include "vm/wat/type_parser.hpp"

#include <array>
#include <utility>

namespace skerry::wat {

namespace {

using namespace vm::wat;

constexpr size_t max_either_nesting = 100;

class ScriptParser {
public:
  explicit ScriptParser(std::string_view text) : cursor_(text), no_module_(text, limits_) {}

  std::vector<Command> run() {
    if (at_module_field()) {
      bare_module();
      return std::move(commands_);
    }
    while (!cursor_.at(TokenKind::eof)) {
      Cursor start = cursor_;
      Command& command = commands_.emplace_back();
      command.line = line_of(start.peek());
      parse_command(command);
      if (cursor_.ok()) continue;
      // Skips a malformed command, so that the commands after it are still parsed.
      command.kind = foreign_.empty() ? Kind::broken : Kind::unknown;
      if (command.kind == Kind::broken) command.error = cursor_.error();
      command.message = std::exchange(foreign_, {});
      if (!start.at(TokenKind::lparen) || !start.skip_form()) break;
      cursor_ = start;
    }
    return std::move(commands_);
  }

private:
  using Kind = Command::Kind;
  using Parse = void (ScriptParser::*)(Command&);
  struct Form {
    std::string_view keyword;
    Kind kind;
    Parse parse;
  };
  static const std::array<Form, 14> forms;

  bool at_module_field() {
    constexpr std::array<std::string_view, 12> fields = {"type",   "rec",    "import", "func",
                                                         "table",  "memory", "global", "tag",
                                                         "export", "start",  "elem",   "data"};
    for (std::string_view field : fields)
      if (cursor_.at_open(field)) return true;
    return false;
  }

  /// Parses the whole text as the fields of one module.
  void bare_module() {
    Command& command = commands_.emplace_back();
    command.kind = Kind::module;
    command.line = line_of(cursor_.peek());
    command.module.emplace();
    command.module->bytes = parse_module_fields(cursor_, {}, std::nullopt);
    cursor_.expect_eof();
    if (!cursor_.ok()) command.module->bytes = fail(cursor_.error());
  }

  /// Returns the line of a token. Counts lines from the previous command on, so that the time is linear in
  /// the size of the script.
  uint32_t line_of(const Token& token) {
    line_ += position_at(cursor_.text().substr(line_offset_), token.begin - line_offset_).line - 1;
    line_offset_ = token.begin;
    return line_;
  }

  void parse_command(Command& command) {
    for (const Form& form : forms) {
      if (!cursor_.take_open(form.keyword)) continue;
      command.kind = form.kind;
      (this->*form.parse)(command);
      return cursor_.expect_close();
    }
    fail_foreign("a script command");
  }

  /// Fails at the form at the cursor. If the form begins with a keyword, which must be one of another script
  /// language, the command becomes `unknown`.
  void fail_foreign(std::string_view expected) {
    if (cursor_.at(TokenKind::lparen) && cursor_.peek(1).kind == TokenKind::keyword)
      foreign_ = excerpt(cursor_.word(1));
    cursor_.fail_unexpected(expected);
  }

  // Each function begins after the command's name and stops before its closing parenthesis.

  void module_command(Command& command) {
    if (cursor_.take_keyword("instance")) {
      command.kind = Kind::instance;
      command.name = cursor_.take_name();
      command.subject = cursor_.take_name();
      return;
    }
    command.module = module_body();
  }
  void component_command(Command& command) { command.module = component_body(); }
  void register_command(Command& command) {
    command.message = cursor_.expect_name();
    command.subject = cursor_.take_name();
  }
  void invoke_command(Command& command) { command.action = action_body(Action::Kind::invoke); }
  void get_command(Command& command) { command.action = action_body(Action::Kind::get); }
  void assert_return_command(Command& command) {
    command.action = action();
    while (cursor_.more()) command.results.push_back(result(0));
  }
  void assert_action_command(Command& command) {
    command.action = action();
    if (command.kind != Kind::assert_exception) command.message = cursor_.expect_string();
  }
  void assert_trap_command(Command& command) {
    if (cursor_.at_open("module") || cursor_.at_open("component")) return assert_module_command(command);
    assert_action_command(command);
  }
  void assert_module_command(Command& command) {
    const bool is_component = cursor_.take_open("component");
    if (!is_component && !cursor_.take_open("module")) return fail_foreign("`(module`");
    command.module = is_component ? component_body() : module_body();
    cursor_.expect_close();
    command.message = cursor_.expect_string();
  }

  /// Parses a module after "(module", up to and without its closing parenthesis.
  ScriptModule module_body() {
    ScriptModule module;
    module.is_definition = cursor_.take_keyword("definition");
    module.name = cursor_.take_name();
    if (cursor_.take_keyword("binary")) {
      module.form = ScriptModule::Form::binary;
      std::string bytes = strings();
      auto span = std::as_bytes(std::span(bytes));
      module.bytes = std::vector<std::byte>(span.begin(), span.end());
    } else if (cursor_.take_keyword("quote")) {
      module.form = ScriptModule::Form::quote;
      module.bytes = parse_module_text(strings(), {});
    } else {
      Cursor fields = cursor_;
      module.bytes = parse_module_fields(fields, {}, module.name);
      skip_to_close();
    }
    return module;
  }

  /// Skips a component after "(component". The engine does not support components.
  ScriptModule component_body() {
    if (!cursor_.take_keyword("definition")) cursor_.take_keyword("instance");
    ScriptModule component;
    component.name = cursor_.take_name();
    component.bytes = fail(vm::unsupported(Feature::component_model, "a component"));
    skip_to_close();
    return component;
  }

  /// Skips to the parenthesis that closes the current form.
  void skip_to_close() {
    while (cursor_.more()) {
      if (cursor_.at(TokenKind::lparen))
        cursor_.skip_form();
      else
        cursor_.advance();
    }
  }

  std::string strings() {
    std::string all;
    while (cursor_.more()) all += cursor_.expect_string();
    return all;
  }

  Action action() {
    Action action;
    if (cursor_.take_open("invoke")) {
      action = action_body(Action::Kind::invoke);
    } else if (cursor_.take_open("get")) {
      action = action_body(Action::Kind::get);
    } else {
      fail_foreign("an action");
      return action;
    }
    cursor_.expect_close();
    return action;
  }

  Action action_body(Action::Kind kind) {
    Action action;
    action.kind = kind;
    action.module = cursor_.take_name();
    action.field = cursor_.expect_name();
    if (kind == Action::Kind::invoke)
      while (cursor_.more()) action.arguments.push_back(argument());
    return action;
  }

  HostRef host_ref() {
    HostRef ref;
    ref.type = cursor_.at_open("ref.host") ? ValType::ref(HeapType::any, true) : externref;
    cursor_.advance();
    cursor_.advance();
    ref.number = cursor_.expect_u32();
    return ref;
  }

  Argument argument() {
    Argument value = Value();
    if (cursor_.take_open("i32.const")) {
      value = Value::from_slots(i32, parse_int_literal(cursor_, 32));
    } else if (cursor_.take_open("i64.const")) {
      value = Value::from_slots(i64, parse_int_literal(cursor_, 64));
    } else if (cursor_.take_open("f32.const")) {
      value = Value::from_slots(f32, parse_float_literal(cursor_, 32));
    } else if (cursor_.take_open("f64.const")) {
      value = Value::from_slots(f64, parse_float_literal(cursor_, 64));
    } else if (cursor_.take_open("v128.const")) {
      value = Value(parse_v128_literal(cursor_));
    } else if (cursor_.take_open("ref.null")) {
      value = Value(ValType::ref(parse_heap_type(cursor_, no_module_), true), Ref{});
    } else if (cursor_.at_open("ref.extern") || cursor_.at_open("ref.host")) {
      value = host_ref();
    } else {
      fail_foreign("a constant");
      return value;
    }
    cursor_.expect_close();
    return value;
  }

  ResultPattern result(size_t nesting) {
    ResultPattern pattern;
    struct Number {
      std::string_view keyword;
      ValType type;
      unsigned bits;
      bool is_float;
    };
    constexpr Number numbers[] = {{"i32.const", i32, 32, false},
                                  {"i64.const", i64, 64, false},
                                  {"f32.const", f32, 32, true},
                                  {"f64.const", f64, 64, true}};
    for (const Number& number : numbers) {
      if (!cursor_.take_open(number.keyword)) continue;
      pattern.type = number.type;
      pattern.lanes.push_back(lane(number.bits, number.is_float));
      cursor_.expect_close();
      return pattern;
    }
    if (cursor_.take_open("v128.const")) {
      vector_result(pattern);
    } else if (cursor_.take_open("either")) {
      pattern.kind = ResultPattern::Kind::either;
      if (nesting >= max_either_nesting) cursor_.fail("nesting too deep");
      while (cursor_.more()) pattern.alternatives.push_back(result(nesting + 1));
    } else {
      reference_result(pattern);
    }
    cursor_.expect_close();
    return pattern;
  }

  LanePattern lane(unsigned bits, bool is_float) {
    using LaneKind = LanePattern::Kind;
    if (is_float && cursor_.take_keyword("nan:canonical")) return {LaneKind::canonical_nan, 0};
    if (is_float && cursor_.take_keyword("nan:arithmetic")) return {LaneKind::arithmetic_nan, 0};
    return {LaneKind::bits, is_float ? parse_float_literal(cursor_, bits) : parse_int_literal(cursor_, bits)};
  }

  void vector_result(ResultPattern& pattern) {
    Shape shape = find_shape(cursor_.word());
    if (shape.lanes == 0) return cursor_.fail_unexpected("a vector shape");
    cursor_.advance();
    pattern.type = v128;
    pattern.float_lanes = shape.is_float;
    for (unsigned i = 0; i < shape.lanes; ++i) pattern.lanes.push_back(lane(shape.bits, shape.is_float));
  }

  /// Parses `(ref.null)`, `(ref.func)`, `(ref.extern 1)`, …
  void reference_result(ResultPattern& pattern) {
    struct Named {
      std::string_view keyword;
      HeapType type;
    };
    constexpr Named types[] = {{"ref.func", HeapType::func},   {"ref.extern", HeapType::extern_},
                               {"ref.any", HeapType::any},     {"ref.eq", HeapType::eq},
                               {"ref.i31", HeapType::i31},     {"ref.struct", HeapType::struct_},
                               {"ref.array", HeapType::array}, {"ref.exn", HeapType::exn}};
    bool numbered = cursor_.at_open("ref.extern") && cursor_.peek(2).kind == TokenKind::integer;
    if (numbered || cursor_.at_open("ref.host")) {
      pattern.kind = ResultPattern::Kind::host_ref;
      pattern.host = host_ref();
      pattern.type = pattern.host.type;
      return;
    }
    if (cursor_.take_open("ref.null")) {
      pattern.kind = ResultPattern::Kind::null;
      if (cursor_.more()) parse_heap_type(cursor_, no_module_);
      return;
    }
    for (const Named& named : types) {
      if (!cursor_.take_open(named.keyword)) continue;
      pattern.kind = ResultPattern::Kind::ref;
      pattern.type = ValType::ref(named.type, false);
      if (named.type == HeapType::func && cursor_.at_index())
        cursor_.advance(); // in scripts of other engines
      return;
    }
    fail_foreign("a result");
  }

  Cursor cursor_;
  ModuleLimits limits_;
  ModuleContext no_module_; // an empty module: heap types in scripts cannot name type definitions
  std::vector<Command> commands_;
  std::string foreign_; // the keyword of another script language at which the current command failed
  uint32_t line_ = 1;
  size_t line_offset_ = 0;
};

const std::array<ScriptParser::Form, 14> ScriptParser::forms = {{
    {"assert_return", Kind::assert_return, &ScriptParser::assert_return_command},
    {"assert_trap", Kind::assert_trap, &ScriptParser::assert_trap_command},
    {"assert_invalid", Kind::assert_invalid, &ScriptParser::assert_module_command},
    {"assert_malformed", Kind::assert_malformed, &ScriptParser::assert_module_command},
    {"module", Kind::module, &ScriptParser::module_command},
    {"invoke", Kind::action, &ScriptParser::invoke_command},
    {"get", Kind::action, &ScriptParser::get_command},
    {"register", Kind::register_, &ScriptParser::register_command},
    {"component", Kind::module, &ScriptParser::component_command},
    {"assert_exhaustion", Kind::assert_exhaustion, &ScriptParser::assert_action_command},
    {"assert_exception", Kind::assert_exception, &ScriptParser::assert_action_command},
    {"assert_unlinkable", Kind::assert_unlinkable, &ScriptParser::assert_module_command},
    {"assert_malformed_custom", Kind::assert_malformed_custom, &ScriptParser::assert_module_command},
    {"assert_invalid_custom", Kind::assert_invalid_custom, &ScriptParser::assert_module_command},
}};

} // namespace

std::vector<Command> parse_script(std::string_view text) {
  return unless_out_of_memory([&] { return ScriptParser(text).run(); },
                              [] {
                                std::vector<Command> commands(1);
                                commands[0].error = Error::out_of_memory("reading a script");
                                return commands;
                              });
}

std::string_view command_name(Command::Kind kind) noexcept {
  constexpr std::array<std::string_view, 15> names = {"module",
                                                      "instance",
                                                      "register",
                                                      "action",
                                                      "assert_return",
                                                      "assert_trap",
                                                      "assert_exhaustion",
                                                      "assert_exception",
                                                      "assert_malformed",
                                                      "assert_invalid",
                                                      "assert_malformed_custom",
                                                      "assert_invalid_custom",
                                                      "assert_unlinkable",
                                                      "unknown",
                                                      "syntax"};
  return names[static_cast<size_t>(kind)];
}

} // namespace skerry::wat
