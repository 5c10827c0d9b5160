// Runs one fuzz target without libFuzzer in every build's tests, on files (regressions and seed corpora) and
// on inputs derived from them:
//
//    TARGET [--random COUNT] [--seed NUMBER] FILE_OR_FOLDER…
#include "fuzz/target.hpp"
#include "host/cli/units.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::vector<std::filesystem::path> files_below(const std::filesystem::path& path) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_regular_file(path)) files.push_back(path);
  if (!std::filesystem::is_directory(path)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

using Input = std::vector<char>;

Input read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void run(const Input& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

/// Makes inputs from other inputs or from nothing; equal seeds give equal inputs.
class InputMaker {
public:
  InputMaker(const std::vector<Input>& seeds, uint64_t number) : seeds_(seeds), random_(number) {}

  Input make() {
    if (seeds_.empty() || below(4) == 0) return noise();
    Input input = seeds_[below(seeds_.size())];
    for (size_t changes = 1 + below(8); changes > 0; --changes) change(input);
    return input;
  }

private:
  static constexpr size_t longest = 600;

  size_t below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  char byte() { return static_cast<char>(random_()); }
  Input noise() {
    Input input(below(longest));
    for (char& one : input) one = byte();
    return input;
  }
  void change(Input& input) {
    const size_t at = below(input.size() + 1), count = below(input.size() - at + 1);
    const auto from = input.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(5)) {
    case 0: input.erase(from, from + static_cast<std::ptrdiff_t>(count)); break;
    case 1: input.insert(from, byte()); break;
    case 2: splice(input, at); break;
    case 3:
      if (at < input.size()) input[at] ^= static_cast<char>(1 << below(8));
      break;
    default:
      if (at < input.size()) input[at] = byte();
    }
  }
  /// A piece of another seed.
  void splice(Input& input, size_t at) {
    const Input& other = seeds_[below(seeds_.size())];
    const size_t start = below(other.size() + 1), count = below(std::min(other.size() - start, longest) + 1);
    const auto first = other.begin() + static_cast<std::ptrdiff_t>(start);
    input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), first,
                 first + static_cast<std::ptrdiff_t>(count));
  }

  const std::vector<Input>& seeds_;
  std::mt19937_64 random_;
};

/// The count that is the value of an option. Ends the program if it is not a count.
uint64_t count_of(std::string_view option, const char* text) {
  const auto count = skerry::host::cli::parse_count(text);
  if (count) return *count;
  std::fprintf(stderr, "%s: \"%s\" is not a count such as 1000 or 1e9\n", std::string(option).c_str(), text);
  std::exit(2);
}

} // namespace

/// A folder that does not exist has no files. The empty input always runs.
int main(int argc, char** argv) {
  LLVMFuzzerTestOneInput(nullptr, 0);
  uint64_t made = 0, number = 20'261'122;
  std::vector<Input> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if ((arg == "--random" || arg == "--seed") && i + 1 < argc) {
      (arg == "--seed" ? number : made) = count_of(arg, argv[++i]);
      continue;
    }
    for (const auto& path : files_below(argv[i])) {
      std::fprintf(stderr, "%s\n", path.c_str());
      run(files.emplace_back(read_file(path)));
    }
  }
  InputMaker maker(files, number);
  const char* kept = std::getenv("SKERRY_KEEP_INPUT"); // file for the last input, in case it fails
  for (uint64_t i = 0; i < made; ++i) {
    const Input input = maker.make();
    if (kept != nullptr) std::ofstream(kept, std::ios::binary).write(input.data(), std::ssize(input));
    run(input);
  }
  std::fprintf(stderr, "%zu files, %llu inputs made of them\n", files.size(),
               static_cast<unsigned long long>(made));
  return 0;
}
