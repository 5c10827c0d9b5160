// Tests of host/platform, with the system that the build is for.
#include "host/platform/addresses.hpp"
#include "host/platform/directory_changes.hpp"
#include "host/platform/file_identity.hpp"
#include "host/platform/files.hpp"
#include "host/platform/programs.hpp"
#include "host/platform/sockets.hpp"

#include "tests/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <fstream>
#include <thread>

using namespace skerry;
using namespace skerry::platform;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST_CASE("platform: a wake ends one wait, even if it comes first") {
  DirectoryChanges changes;
  const bool reports = GENERATE(false, true);
  if (reports) changes.open();
  changes.wake();
  changes.wake();
  const auto start = Clock::now();
  changes.wait(std::nullopt);
  changes.wait(20ms);
  CHECK(Clock::now() - start >= 15ms); // the second wait was not woken
  std::thread other([&] { changes.wake(); });
  changes.wait(std::nullopt);
  other.join();
}

TEST_CASE("platform: a queue that is not open watches nothing") {
  const skerry::test::TempDir temp;
  DirectoryChanges changes;
  CHECK_FALSE(changes.is_open());
  CHECK(changes.add(temp.path(), true) == -1);
  changes.take([](const DirectoryChanges::Event&) { FAIL("an event"); });
}

TEST_CASE("platform: files are opened, measured and read; errors name the cause") {
  const skerry::test::TempDir temp;
  const auto file = temp / "file";
  std::ofstream(file) << "twelve bytes";
  const auto opened = open_for_reading(file);
  REQUIRE(opened);
  CHECK(file_status(*opened)->size == 12);
  CHECK(*file_status(file) == *file_status(*opened));
  CHECK(file_status(temp.path())->kind == FileKind::directory);
  CHECK(file_status("/dev/null")->kind == FileKind::device);
  CHECK(file_status(temp / "none").error() == std::errc::no_such_file_or_directory);
  CHECK(open_without_waiting(file));
  std::array<std::byte, 64> bytes;
  CHECK(*read_some(*opened, bytes) == 12);
  CHECK(*read_some(*opened, bytes) == 0);
  REQUIRE(open_for_writing(file)); // removes the content
  CHECK(file_identity(file).size == 0);
  CHECK(open_for_reading(temp / "none").error() == std::errc::no_such_file_or_directory);
  CHECK(open_for_writing(temp.path()).error() == std::errc::is_a_directory);
  CHECK_FALSE(file_identity(temp / "none").exists);
}

TEST_CASE("platform: another file in the same place has another identity") {
  const skerry::test::TempDir temp;
  std::ofstream(temp / "a") << "1";
  std::ofstream(temp / "b") << "1";
  const FileIdentity before = file_identity(temp / "a");
  CHECK(before.exists);
  CHECK(file_identity(temp / "a") == before);
  std::filesystem::rename(temp / "b", temp / "a");
  CHECK(file_identity(temp / "a") != before);
}

TEST_CASE("platform: addresses have one spelling") {
  CHECK(canonical_address("10.0.0.7") == "10.0.0.7");
  CHECK(canonical_address("0:0::0001") == "::1");
  CHECK(canonical_address("::FFFF:10.0.0.7") == "::ffff:10.0.0.7");
  for (const char* text : {"", "10.0.0", "010.0.0.7", "[::1]", "::1%lo", "localhost"})
    CHECK_FALSE(canonical_address(text));
}

TEST_CASE("platform: a listener has the port that it was given, or a free one") {
  const auto first = listen_on("127.0.0.1", "0");
  REQUIRE(first);
  CHECK(first->port != 0);
  const auto second = listen_on("127.0.0.1", std::to_string(first->port));
  REQUIRE_FALSE(second);
  CHECK(second.error() == std::make_error_code(std::errc::address_in_use).message());
  CHECK_FALSE(listen_on("nowhere.invalid", "0"));
}

TEST_CASE("platform: a program that does not exist does not replace this one") {
  std::string name = "none";
  char* const arguments[] = {name.data(), nullptr};
  CHECK(become_program("/nowhere/none", arguments) == std::errc::no_such_file_or_directory);
}

TEST_CASE("platform: the path of the program is absolute") {
  const auto path = program_path("/bin/sh"); // which systems that know their program ignore
  REQUIRE(path);
  CHECK(path->is_absolute());
}
