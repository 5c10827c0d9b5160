// Host memory for sizes that the guest names: no call takes more than a bounded amount, whatever the size.
#include "tests/catch.hpp"
#include "tests/support/emulation.hpp"
#include "tests/support/heap_meter.hpp"
#include "tests/wasi/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>

namespace skerry::test {

using heap::peak_of;

TEST_CASE("sizes: no call takes more than a bounded amount of host memory, whatever its arguments") {
  TempDir temp;
  for (int i = 0; i < 500; ++i) write_file(temp / (std::string(200, 'n') + std::to_string(i)), "");
  write_file(temp / "file", "text");
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.base = rights::file});
  REQUIRE(file.error == Errno::success);
  constexpr size_t bound = 512 << 10;
  constexpr uint32_t all = Program::memory_bytes;
  const uint32_t sizes[] = {1,        1023,    1024,    4095, 4096,        4097,       65536,
                            all / 48, all / 8, all - 8, all,  0x7fff'ffff, 0xffff'ffff};
  for (const uint32_t size : sizes) {
    INFO(size);
    std::fill(program.memory().begin(), program.memory().end(), std::byte{0});
    const std::pair<const char*, std::function<void()>> calls[] = {
        {"fd_read", [&] { program.call(abi::fd_read, file.fd, 8, size, 0); }},
        {"fd_pread", [&] { program.call(abi::fd_pread, file.fd, 8, size, 0, 0); }},
        {"fd_write", [&] { program.call(abi::fd_write, 1, 8, size, 0); }},
        {"fd_readdir", [&] { program.call(abi::fd_readdir, 3, 8, size, 0, 0); }},
        {"fd_prestat_dir_name", [&] { program.call(abi::fd_prestat_dir_name, 3, 8, size); }},
        {"path_open", [&] { program.call(abi::path_open, 3, 1, 8, size, 0, 2, 0, 0, 0); }},
        {"path_symlink", [&] { program.call(abi::path_symlink, 8, size, 3, 8, size); }},
        {"path_readlink", [&] { program.call(abi::path_readlink, 3, 8, size, 8, size, 0); }},
        {"path_rename", [&] { program.call(abi::path_rename, 3, 8, size, 3, 8, size); }},
        {"poll_oneoff", [&] { program.call(abi::poll_oneoff, 8, 8, size, 0); }},
        {"random_get", [&] { program.call(abi::random_get, 8, size); }},
        {"fd_renumber", [&] { program.call(abi::fd_renumber, file.fd, size == 1 ? 99 : size + 4); }},
    };
    for (const auto& [name, run] : calls) {
      INFO(name);
      CHECK(peak_of(run) <= bound);
    }
  }
  // The measurement itself works.
  CHECK(peak_of([] { std::string(bound + 1, 'x').swap(*std::make_unique<std::string>()); }) > bound);
}

TEST_CASE("sizes: the memory that a descriptor keeps is bounded") {
  if (posix_lacks("has no stable positions in a directory, so a listing is kept as a whole")) return;
  TempDir temp;
  for (int i = 0; i < 500; ++i) write_file(temp / (std::string(200, 'n') + std::to_string(i)), "");
  Program program(with_root(temp.path()));
  const uint32_t used = program.space(4), buffer = program.space(300);
  const auto peak = peak_of([&] {
    for (int i = 0; i < 500; ++i) {
      const auto opened = program.open(".", {.oflags = wasi::oflags::directory, .base = rights::directory});
      if (opened.error != Errno::success) std::abort();
      program.call(abi::fd_readdir, opened.fd, buffer, 300, 0, used);
    }
  });
  CHECK(peak < 500 * size_t{6} << 10);
}

TEST_CASE("sizes: bytes moved, entries listed and names examined are charged to fuel") {
  TempDir temp;
  write_file(temp / "file", std::string(100'000, 'x'));
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.base = rights::file});
  REQUIRE(file.error == Errno::success);
  uint64_t charged = 0;
  program.watch.self = &charged;
  program.watch.charge = [](void* self, uint64_t instructions) -> Result<void> {
    *static_cast<uint64_t*>(self) += instructions;
    return {};
  };
  const auto costs = [&](const std::function<Errno()>& run, uint64_t least) {
    charged = 0;
    CHECK(run() == Errno::success);
    CHECK(charged >= least);
    CHECK(charged <= 2 * least + 10);
  };
  const uint32_t buffer = program.space(100'000), count = program.space(8);
  costs([&] { return program.call(abi::fd_read, file.fd, program.iovecs({{buffer, 64'000}}), 1, count); },
        1000);
  costs([&] { return program.call(abi::fd_write, 1, program.iovecs({{buffer, 64'000}}), 1, count); }, 1000);
  costs([&] { return program.call(abi::random_get, buffer, 64'000); }, 1000);
  costs([&] { return program.call(abi::fd_allocate, file.fd, 0, 64'000); }, 1000);
  std::fill_n(program.memory().begin() + buffer, 1024 * 8, std::byte{0});
  costs([&] { return program.call(abi::fd_write, 1, buffer, 1024, count); },
        1024 * wasi::price::item); // empty vectors
  std::string path;
  for (int i = 0; i < 500; ++i) path += "./";
  costs([&] { return program.filestat(path + "file", 0); }, 501 * wasi::price::name + 1004 / 64);
}

TEST_CASE("sizes: a huge reservation ends when it must and takes no space") {
  TempDir temp;
  Program program(with_root(temp.path()));
  const auto file = program.open("file", {.oflags = wasi::oflags::creat, .base = rights::all});
  REQUIRE(program.write(file.fd, "text") == Errno::success);
  uint64_t fuel = 1'000'000; // for 64 MB
  program.watch.self = &fuel;
  program.watch.charge = [](void* self, uint64_t instructions) -> Result<void> {
    auto& left = *static_cast<uint64_t*>(self);
    if (left < instructions) return fail(Error::trap(ErrorCode::out_of_fuel));
    left -= instructions;
    return {};
  };
  program.call(abi::fd_allocate, file.fd, 0, uint64_t{1} << 40);
  REQUIRE(program.stop);
  CHECK(program.stop->code() == ErrorCode::out_of_fuel);
  CHECK(fs::file_size(temp / "file") == 4);
}

} // namespace skerry::test
