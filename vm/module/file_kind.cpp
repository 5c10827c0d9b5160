#include "vm/module/file_kind.hpp"

#include <algorithm>
#include <array>

namespace skerry::vm {

namespace {

using std::operator""sv;

struct Signature {
  std::string_view begins_with;
  std::string_view kind;
};

// The first bytes of files, and in lower case the first characters of texts.
constexpr auto binaries = std::to_array<Signature>({
    {"\x1f\x8b"sv, "gzip data: decompress it first"},
    {"\x28\xb5\x2f\xfd"sv, "zstd data: decompress it first"},
    {"BZh"sv, "bzip2 data: decompress it first"},
    {"\xfd\x37zXZ\0"sv, "xz data: decompress it first"},
    {"PK\3\4"sv, "a zip archive"},
    {"!<arch>\n"sv, "a library of object files (ar): link it to a module"},
    {"!<thin>\n"sv, "a library of object files (ar): link it to a module"},
    {"BC\xc0\xde"sv, "LLVM bitcode: compile it to a module"},
    {"\x7f\x45LF"sv,
     "an ELF file: a native program, library or object, or code that another engine compiled"},
    {"MZ"sv, "a Windows program or library"},
    {"\xfe\xed\xfa\xce"sv, "a Mach-O file: a native program, library or object"},
    {"\xfe\xed\xfa\xcf"sv, "a Mach-O file: a native program, library or object"},
    {"\xce\xfa\xed\xfe"sv, "a Mach-O file: a native program, library or object"},
    {"\xcf\xfa\xed\xfe"sv, "a Mach-O file: a native program, library or object"},
    {"\xca\xfe\xba\xbe"sv, "a Java class or a Mach-O file"},
    {"\0aot"sv, "code that another engine compiled (WAMR)"},
    {"\x89PNG"sv, "a picture (PNG)"},
    {"%PDF"sv, "a PDF document"},
    {"\xff\xfe"sv, "text in UTF-16: save it as UTF-8"},
    {"\xfe\xff"sv, "text in UTF-16: save it as UTF-8"},
});
constexpr auto texts = std::to_array<Signature>({
    {"version https://git-lfs", "a Git LFS pointer: fetch the file with \"git lfs pull\""},
    {"<!doctype", "an HTML document, such as an error page"},
    {"<html", "an HTML document, such as an error page"},
    {"<?xml", "an XML document"},
    {"<?php", "a PHP program"},
    {"agfzbq", "a module in base64: decode it first"},
    {"#!", "a script"},
    {"{", "JSON"},
    {"404", "an error message of a web server"},
    {"(", "a module in the text format: translate it with wat2wasm or wat::to_binary"},
    {";;", "a module in the text format: translate it with wat2wasm or wat::to_binary"},
    {"#include", "a program in C or C++: compile it to a module"},
    {"import ", "a program's source: compile it to a module"},
    {"export ", "a program's source: compile it to a module"},
    {"package ", "a program's source: compile it to a module"},
});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() &&
         std::ranges::equal(text.substr(0, beginning.size()), beginning, {}, lower);
}

std::string_view without_space(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

} // namespace

std::string_view file_kind(std::span<const std::byte> bytes) noexcept {
  if (bytes.empty()) return "an empty file";
  constexpr size_t most_space = 4096;
  const std::string_view file(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), most_space));
  for (const Signature& signature : binaries)
    if (file.starts_with(signature.begins_with)) return signature.kind;
  const std::string_view text = without_space(file);
  for (const Signature& signature : texts)
    if (begins_with(text, signature.begins_with)) return signature.kind;
  return {};
}

} // namespace skerry::vm
