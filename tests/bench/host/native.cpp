// A native shared object, in this process and in another process.
#include "tests/bench/host/transform.hpp"

#include <dlfcn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace skerry::bench {

namespace {

using Function = char* (*)(const char* request, uint32_t size, uint32_t* answer_size);

Function load(const std::string& library) {
  void* const object = dlopen(library.c_str(), RTLD_NOW);
  void* const function = object != nullptr ? dlsym(object, "transform") : nullptr;
  if (function == nullptr) {
    std::fprintf(stderr, "bench: %s\n", dlerror());
    std::exit(1);
  }
  return reinterpret_cast<Function>(function);
}

std::string call(Function function, std::string_view request) {
  uint32_t size = 0;
  char* const answer = function(request.data(), static_cast<uint32_t>(request.size()), &size);
  std::string text(answer, size);
  std::free(answer);
  return text;
}

bool read_all(int fd, char* bytes, size_t size) {
  while (size != 0) {
    const ssize_t count = read(fd, bytes, size);
    if (count <= 0) return false;
    bytes += count, size -= static_cast<size_t>(count);
  }
  return true;
}

/// A message consists of its length and its bytes.
void send(int fd, std::string_view message) {
  const auto size = static_cast<uint32_t>(message.size());
  std::string whole(reinterpret_cast<const char*>(&size), sizeof size);
  whole += message;
  if (write(fd, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) std::abort();
}
bool receive(int fd, std::string& message) {
  uint32_t size = 0;
  if (!read_all(fd, reinterpret_cast<char*>(&size), sizeof size)) return false;
  message.resize(size);
  return read_all(fd, message.data(), size);
}

[[noreturn]] void serve(Function function, int fd) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (std::string request; receive(fd, request);) send(fd, call(function, request));
  _exit(0);
}

} // namespace

Transform in_shared_object(const std::string& library) {
  return [function = load(library)](std::string_view request) { return call(function, request); };
}

Transform in_process(const std::string& library) {
  const Function function = load(library);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  if (fork() == 0) serve(function, ends[1]);
  close(ends[1]);
  return [fd = ends[0]](std::string_view request) {
    std::string answer;
    send(fd, request);
    if (!receive(fd, answer)) std::abort();
    return answer;
  };
}

} // namespace skerry::bench
