// Writes the inputs from which a fuzz target starts: seed_corpus TARGET FOLDER.
#include "fuzz/module_generator.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Bytes = std::vector<uint8_t>;

/// The same bytes on every system.
Bytes random_bytes(uint32_t seed, size_t size) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

std::vector<Bytes> choices() {
  std::vector<Bytes> seeds;
  for (uint32_t i = 0; i < 200; ++i) seeds.push_back(random_bytes(i, 16 + 24 * size_t{i}));
  return seeds;
}

std::vector<Bytes> modules() {
  std::vector<Bytes> seeds;
  for (const Bytes& seed : choices()) {
    const std::vector<std::byte> module = skerry::fuzz::generate_module(seed);
    const auto* first = reinterpret_cast<const uint8_t*>(module.data());
    seeds.emplace_back(first, first + module.size());
  }
  return seeds;
}

std::vector<Bytes> texts(std::initializer_list<std::string_view> list) {
  std::vector<Bytes> seeds;
  for (const std::string_view text : list) seeds.emplace_back(text.begin(), text.end());
  return seeds;
}

std::vector<Bytes> manifests() {
  return texts({
      R"({"meta":{"name":"a","version":"1.0.0"},"wasmPath":"./a.wasm"})",
      R"({"meta":{"name":"json-transformer","version":"1.0.0","description":"","author":"me"},
"wasmPath":"plugins/t.wasm","hash":"xxh3-128:00112233445566778899aabbccddeeff","timeout":5000,"fuel":500000000,
"capabilities":{"maxMemoryMB":32,"maxTableElements":10000,"maxStackKB":1024,"maxOutputKB":1024,"allowFileSystem":true,
"allowedPaths":["/srv/data",{"host":"/srv/in","guest":"/in","mode":"ro"}],"allowEnv":true,"env":["LANG",{"T":"x"}],
"allowNetwork":true,"allowedHosts":["api.example.com","*.example.org:443",{"host":"10.0.0.7","port":8080}],
"allowPrivateAddresses":false},"init":{"scale":1},"pool":{"size":4,"maxWait":1000,"state":"keep"},
"breaker":{"threshold":5,"resetTimeout":30000},
"reload":{"watch":true,"settle":300,"canary":{"parameters":{}},"rollbackOnErrorRate":0.5}})",
      R"({"success":true,"data":{"a":[1,2.5,-3e7,"\u00e9\ud83d\ude00",null]}})",
      R"({"success":false,"error":"no"})",
      "*.example.org:443",
      "[2001:db8::1]:8080",
      "10.0.0.7",
  });
}

std::vector<Bytes> numbers_and_texts() {
  std::vector<Bytes> seeds =
      texts({"h\xc3\xa9llo", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\xc0\x80"});
  seeds.push_back({0xff, 0xff, 0xff, 0xff, 0x0f});
  seeds.push_back({0x80, 0x80, 0x80, 0x80, 0x78});
  seeds.push_back({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f});
  seeds.push_back({0xe5, 0x8e, 0x26});
  return seeds;
}

/// The first byte chooses the pieces in which the bytes arrive.
std::vector<Bytes> http_requests() {
  return texts({
      "\x01GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\nGET http://x/%20 HTTP/1.0\r\n\r\n",
      "\x02POST /a HTTP/1.1\r\nHost: x:80\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello\r\n",
      ("\x07POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nA: b\r\n\r\n"
       "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
      "\x10POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "\x20GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nA: b\r\n c\r\n\r\n",
      "\x3fGET / HTTP/1.1\nHost: x\n\n",
  });
}

std::vector<Bytes> seeds_for(std::string_view target) {
  if (target == "decode_validate_fuzzer" || target == "run_fuzzer") return modules();
  if (target == "generated_fuzzer") return choices();
  if (target == "wasi_path_fuzzer" || target == "wasi_state_fuzzer") return choices();
  if (target == "request_fuzzer") return http_requests();
  if (target == "manifest_fuzzer") return manifests();
  if (target == "leb_utf8_fuzzer") return numbers_and_texts();
  return {};
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<Bytes> seeds = argc == 3 ? seeds_for(argv[1]) : std::vector<Bytes>{};
  if (seeds.empty()) {
    std::fprintf(stderr, "usage: seed_corpus TARGET FOLDER\n");
    return 2;
  }
  std::filesystem::create_directories(argv[2]);
  for (size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(std::filesystem::path(argv[2]) / ("seed-" + std::to_string(i)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seeds[i].data()), static_cast<std::streamsize>(seeds[i].size()));
  }
  return 0;
}
