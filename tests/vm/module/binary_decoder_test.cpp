#include "vm/module/binary_decoder.hpp"

#include "tests/catch.hpp"
#include "tests/support/module_builder.hpp"
#include "tests/support/wasm.hpp"
#include "vm/module/engine_data.hpp"
#include "vm/module/rec_group.hpp"

using namespace skerry;
using test::ModuleBuilder;

namespace {

std::shared_ptr<vm::EngineData> make_engine(Features features = Features::defaults()) {
  auto engine = std::make_shared<vm::EngineData>();
  engine->config.features = features;
  return engine;
}

std::shared_ptr<vm::Module> decode(std::string_view text, Features features = Features::defaults()) {
  return test::must(vm::decode_module(make_engine(features), test::binary(text)));
}

Error error_of(ModuleBuilder builder, Features features = Features::defaults()) {
  return test::error_of(vm::decode_module(make_engine(features), builder.take()));
}

} // namespace

TEST_CASE("an empty module") {
  const auto module = test::must(vm::decode_module(make_engine(), ModuleBuilder().take()));
  CHECK(module->type_count == 0);
  CHECK(module->bytes.size() == 8);
  CHECK_FALSE(module->has_start);
}

TEST_CASE("index spaces begin with the imports") {
  const auto module = decode(R"((module
    (import "m" "f" (func (param i32)))
    (import "m" "g" (global (mut i64)))
    (import "m" "t" (table 1 2 externref))
    (import "m" "mem" (memory 3 4))
    (func (result f32) (f32.const 1))
    (func (export "f2"))
    (global f64 (f64.const 0))
    (table 5 funcref)
    (start 2)))");
  CHECK(module->imports.size() == 4);
  CHECK(module->imports[0].module == "m");
  CHECK(module->imports[1].kind == ExternKind::global);
  CHECK(module->functions.size() == 3);
  CHECK(module->imported_functions == 1);
  CHECK(module->bodies.size() == 2);
  CHECK(module->functions[0] != module->functions[1]);
  REQUIRE(module->globals.size() == 2);
  CHECK(module->globals[0].type.is_mutable);
  CHECK(module->globals[0].init.size == 0);
  CHECK(module->globals[1].init.size == 10); // f64.const, 8 bytes, end
  REQUIRE(module->tables.size() == 2);
  CHECK(module->tables[0].type.element == externref);
  CHECK(module->tables[0].type.limits.max == 2);
  CHECK(module->tables[1].type.limits.min == 5);
  CHECK_FALSE(module->tables[1].type.limits.has_max);
  CHECK(module->memories[0].limits.min == 3);
  CHECK(module->has_start);
  CHECK(module->start == 2);
  CHECK(module->exports[0].name == "f2");
  CHECK(module->exports[0].index == 2);
}

TEST_CASE("segments") {
  const auto module = decode(R"((module
    (memory 1) (table 4 funcref)
    (func $a) (func $b)
    (elem (i32.const 1) func $a $b)
    (elem declare func $b)
    (elem funcref (ref.func $a) (ref.null func))
    (data (i32.const 8) "abc")
    (data "d")))");
  REQUIRE(module->elem_segments.size() == 3);
  CHECK(module->elem_segments[0].mode == vm::SegmentMode::active);
  CHECK(module->elem_segments[0].count == 2);
  CHECK_FALSE(module->elem_segments[0].is_expressions);
  CHECK(module->elem_segments[1].mode == vm::SegmentMode::declarative);
  CHECK(module->elem_segments[2].mode == vm::SegmentMode::passive);
  CHECK(module->elem_segments[2].is_expressions);
  CHECK(module->elem_segments[2].items.size == 6);
  REQUIRE(module->data_segments.size() == 2);
  const auto& data = module->data_segments[0];
  const auto bytes = module->range(data.bytes_offset, data.bytes_size);
  CHECK(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == "abc");
  CHECK(module->data_segments[1].mode == vm::SegmentMode::passive);
}

TEST_CASE("recursion groups, subtypes and fields") {
  const auto module = decode(R"((module
    (type (func))
    (rec (type $a (sub (struct (field i8) (field (mut (ref null $b))))))
         (type $b (array (mut f32))))
    (type (sub final $a (struct (field i8) (field (mut (ref null $b))) (field i64))))))",
                             Features::defaults().with(Feature::gc));
  REQUIRE(module->type_count == 4);
  const uint32_t offset = module->offset_of(vm::SectionId::type);
  vm::ByteReader reader(module->bytes.subspan(offset), offset);
  REQUIRE(reader.leb_u32() == 3);
  vm::RecGroup group;
  vm::LoadWatch never;
  const auto next = [&] { decode_rec_group(reader, module->engine->config, never, group); };
  next();
  REQUIRE(group.size() == 1);
  CHECK(group.types[0].is_final);
  next();
  REQUIRE(group.size() == 2);
  CHECK_FALSE(group.types[0].is_final);
  CHECK(group.types[1].is_final);
  CHECK(group.types[1].kind == vm::CompositeKind::array);
  CHECK(group.types[0].fields == 2);
  CHECK(group.fields[0].storage().kind() == ValType::i8);
  CHECK(group.fields[1].storage() == ValType::ref(static_cast<HeapType>(2), true));
  CHECK(group.fields[1].is_mutable());
  next();
  CHECK(group.types[0].supertype == 1);
  CHECK(reader.ok());
}

TEST_CASE("custom sections are kept, and the name section read") {
  const auto module = decode(R"((module $m (func $first) (func) (func $third)))");
  CHECK(module->names.module == "m");
  REQUIRE(module->names.functions.size() == 2);
  CHECK(module->names.functions[1].index == 2);
  CHECK(module->names.functions[1].name == "third");
  REQUIRE(module->custom_sections.size() == 1);
  CHECK(module->custom_sections[0].name_size == 4);
}

TEST_CASE("a broken name section does no harm") {
  // Function names out of order: the names before the error are kept.
  const test::Bytes names{1, 9, 3, 0, 1, 'a', 2, 1, 'b', 1, 1, 'c'};
  const auto module =
      test::must(vm::decode_module(make_engine(), ModuleBuilder()
                                                      .section(1, {1, 0x60, 0, 0})
                                                      .section(3, {3, 0, 0, 0})
                                                      .section(10, {3, 2, 0, 0x0b, 2, 0, 0x0b, 2, 0, 0x0b})
                                                      .section(0, test::Bytes().with_name("name").with(names))
                                                      .take()));
  CHECK(module->names.functions.size() == 2);
}

TEST_CASE("errors name offset and cause") {
  const Error error = error_of(ModuleBuilder().section(1, {1, 0x60, 1, 0x50, 0}));
  CHECK(error.kind() == ErrorKind::malformed);
  CHECK(error.message() == "malformed value type 50");
  CHECK(error.offset() == 13);
  CHECK(error_of(ModuleBuilder().section(2, {1, 0, 0, 9, 0})).message() == "malformed import kind: 9");
  CHECK(error_of(ModuleBuilder().section(6, {1, 0x7f, 2, 0x41, 0, 0x0b})).message() ==
        "malformed mutability");
}

TEST_CASE("a subtype that ends before its type, at the end of the module") {
  const Error error =
      error_of(ModuleBuilder().section(1, {1, 0x50, 0}), Features::defaults().with(Feature::gc));
  CHECK(error.kind() == ErrorKind::malformed);
  CHECK(error.offset() == 13);
}

TEST_CASE("constructs of a disabled feature are refused, and the error names the feature") {
  const Features none = Features::wasm1();
  const auto refused = [&](ModuleBuilder builder, std::string_view feature) {
    const Error error = error_of(std::move(builder), none);
    CHECK(error.kind() == ErrorKind::unsupported);
    CHECK(error.code() == ErrorCode::unsupported);
    CHECK(error.feature() == feature);
    CHECK(error.offset() != Error::no_offset);
    return error.message();
  };
  CHECK(refused(ModuleBuilder().section(1, {1, 0x60, 1, 0x7b, 0}), "simd") ==
        "the type v128 needs the feature simd, which Config::features turns off");
  CHECK(
      refused(ModuleBuilder().section(1, {1, 0x60, 0, 2, 0x7f, 0x7f}), "multi-value") ==
      "a function type with several results needs the feature multi-value, which Config::features turns off");
  CHECK(refused(ModuleBuilder().section(1, {1, 0x5f, 0}), "gc") ==
        "a structure type needs the feature gc, which this version of Skerry does not support");
  CHECK(refused(ModuleBuilder().section(5, {1, 4, 0}), "memory64") ==
        "an address type of 64 bits needs the feature memory64, which Config::features turns off");
  CHECK(refused(ModuleBuilder().section(13, {0}), "exceptions") ==
        "a tag section needs the feature exceptions, which this version of Skerry does not support");
}

TEST_CASE("features that the engine does not have are named, whatever is enabled") {
  const Features most = Features::all();
  const auto feature_of = [&](ModuleBuilder builder) {
    const Error error = error_of(std::move(builder), most);
    CHECK(error.code() == ErrorCode::unsupported);
    CHECK(error.message().find("needs the feature " + error.feature()) != std::string::npos);
    return error.feature();
  };
  const auto body = [](std::initializer_list<int> code) {
    // The element section makes the decoder fail, so that it looks at the bodies.
    return ModuleBuilder().function(test::Bytes{0}.add(code)).section(9, {});
  };
  CHECK(feature_of(ModuleBuilder().section(5, {1, 3, 1, 1})) == "threads");
  CHECK(feature_of(ModuleBuilder().section(5, {1, 8, 1, 0})) == "custom-page-sizes");
  CHECK(feature_of(ModuleBuilder().section(1, {1, 0x5d, 0})) == "stack-switching");
  CHECK(feature_of(ModuleBuilder().section(1, {1, 0x60, 1, 0x67, 0})) == "stringref");
  CHECK(feature_of(ModuleBuilder().section(2, {1, 1, 'm', 0, 0x7f, 0})) == "compact-imports");
  CHECK(feature_of(body({0x06, 0x40, 0x19, 0x0b, 0x0b})) == "legacy-exceptions");
  CHECK(feature_of(body({0xe2, 0, 0x0b})) == "stack-switching");
  CHECK(feature_of(body({0xfc, 0x13, 0x0b})) == "wide-arithmetic");
  CHECK(feature_of(body({0xfe, 0x03, 0, 0x0b})) == "threads");
}

TEST_CASE("a page size keeps the words of the official suite") {
  const Error error = error_of(ModuleBuilder().section(5, {1, 8, 1, 0}));
  CHECK(error.kind() == ErrorKind::malformed);
  CHECK(
      error.message().starts_with("malformed limits flags: a page size needs the feature custom-page-sizes"));
  const Error table = error_of(ModuleBuilder().section(4, {1, 0x70, 8, 1, 0}));
  CHECK(table.code() == ErrorCode::none);
  CHECK(table.message() == "malformed limits flags");
}

TEST_CASE("bytes that are not a module are recognized") {
  const auto error_of_bytes = [](std::string_view bytes) {
    const auto span = std::as_bytes(std::span(bytes));
    return test::error_of(vm::decode_module(make_engine(), std::vector(span.begin(), span.end())));
  };
  using namespace std::string_view_literals;
  const auto kind_of = [&](std::string_view bytes) {
    const std::string message = error_of_bytes(bytes).message();
    const std::string_view middle = ": this is ";
    REQUIRE(message.find(middle) != std::string::npos);
    return message.substr(message.find(middle) + middle.size());
  };
  CHECK(kind_of("") == "an empty file");
  CHECK(kind_of("\x1f\x8b\x08\0\0") == "gzip data: decompress it first");
  CHECK(kind_of("\x7f"
                "ELF\2")
            .starts_with("an ELF file"));
  CHECK(kind_of("version https://git-lfs.github.com/spec/v1\n").starts_with("a Git LFS pointer"));
  CHECK(kind_of("\r\n<!DOCTYPE html>").starts_with("an HTML document"));
  CHECK(kind_of("\xef\xbb\xbf(module)").starts_with("a module in the text format"));
  CHECK(kind_of("!<arch>\n").starts_with("a library"));
  CHECK(kind_of("what is this?") == "not a WebAssembly module");
  CHECK(error_of_bytes("(module)").message().starts_with("magic header not detected"));
  const Error component = error_of_bytes("\0asm\x0d\0\1\0"sv);
  CHECK(component.feature() == "component-model");
  CHECK(component.kind() == ErrorKind::unsupported);
  CHECK(error_of_bytes("\0asm\x0d\0\0\0"sv).message().starts_with("unknown binary version"));
}

TEST_CASE("the offset of a section's entry") {
  const auto module = decode(R"((module (import "m" "f" (func)) (import "m" "g" (func)) (func) (memory 1)
    (export "a" (func 0)) (export "b" (func 1))))");
  const uint64_t second = vm::entry_offset(*module, vm::SectionId::export_, 1);
  CHECK(module->bytes[second] == std::byte{1});
  CHECK(module->bytes[second + 1] == std::byte{'b'});
  const uint64_t import = vm::entry_offset(*module, vm::SectionId::import, 1);
  CHECK(module->bytes[import + 3] == std::byte{'g'});
}

TEST_CASE("a module may be no larger than its limit") {
  auto engine = make_engine();
  engine->config.module_limits.module_bytes = 7;
  const Error error = test::error_of(vm::decode_module(engine, ModuleBuilder().take()));
  CHECK(error.kind() == ErrorKind::limit);
  CHECK(error.code() == ErrorCode::limit_exceeded);
  CHECK(error.limit() == ExceededLimit{LimitId::module_bytes, 8, 7});
}
