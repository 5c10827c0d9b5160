// A server on the loopback address that answers each connection once.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace skerry::host::test {

inline int bound_socket(uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0) std::abort();
  port = ntohs(address.sin_port);
  return fd;
}

/// A port on which no server listens.
inline uint16_t closed_port() {
  uint16_t port = 0;
  close(bound_socket(port));
  return port;
}

/// A listener whose queue is full: the system answers no further connection.
class FullListener {
public:
  FullListener() : listener_(bound_socket(port_)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    if (listen(listener_, 0) != 0) std::abort();
    for (int& client : clients_) {
      client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      (void)!connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
  }
  ~FullListener() {
    for (const int client : clients_) close(client);
    close(listener_);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  uint16_t port() const { return port_; }

private:
  uint16_t port_ = 0;
  const int listener_;
  int clients_[4] = {-1, -1, -1, -1};
};

inline std::string http_answer(const std::string& status, const std::string& body,
                               const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

class LocalServer {
public:
  enum class Manner { polite, silent };
  /// `answer` is called with each request; a silent server keeps its answer and the connection.
  explicit LocalServer(std::function<std::string(const std::string&)> answer, Manner manner = Manner::polite)
      : answer_(std::move(answer)), manner_(manner), listener_(bound_socket(port_)) {
    if (listen(listener_, 16) != 0 || pipe(stop_) != 0) std::abort();
    thread_ = std::thread([this] { serve(); });
  }
  ~LocalServer() {
    (void)!write(stop_[1], "x", 1);
    thread_.join();
    for (const int fd : {listener_, stop_[0], stop_[1]}) close(fd);
  }
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  uint16_t port() const { return port_; }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  int requests() const { return requests_; }

private:
  bool readable(int fd) const {
    pollfd fds[2] = {{fd, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    return poll(fds, 2, -1) > 0 && (fds[1].revents == 0);
  }
  void serve() {
    while (readable(listener_)) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      answer(connection);
      close(connection);
    }
  }
  /// Reads the headers, and as much body as they announce.
  std::string receive(int connection) const {
    std::string text;
    char buffer[4096];
    while (readable(connection)) {
      const ssize_t count = read(connection, buffer, sizeof buffer);
      if (count <= 0) return text;
      text.append(buffer, static_cast<size_t>(count));
      const size_t end = text.find("\r\n\r\n"), length = text.find("Content-Length: ");
      if (end == text.npos) continue;
      const size_t body = length < end ? std::strtoul(text.c_str() + length + 16, nullptr, 10) : 0;
      if (text.size() >= end + 4 + body) return text;
    }
    return text;
  }
  void answer(int connection) {
    const std::string request = receive(connection);
    if (request.find("\r\n\r\n") == request.npos) return;
    ++requests_;
    const std::string text = answer_(request);
    if (manner_ == Manner::silent) {
      (void)readable(connection); // until the client leaves
      return;
    }
    (void)!send(connection, text.data(), text.size(), MSG_NOSIGNAL);
  }

  std::function<std::string(const std::string&)> answer_;
  const Manner manner_;
  uint16_t port_ = 0;
  const int listener_;
  int stop_[2] = {-1, -1};
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

} // namespace skerry::host::test
