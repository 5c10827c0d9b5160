#include "host/pool/circuit_breaker.hpp"

namespace skerry::host {

CircuitBreaker::Admission CircuitBreaker::admit(Clock::time_point now) {
  if (!config_) return Admission::normal;
  const Lock lock(mutex_);
  if (state_ == State::closed) return Admission::normal;
  if (state_ == State::half_open || now < open_until_) return Admission::refused;
  state_ = State::half_open;
  return Admission::probe;
}

void CircuitBreaker::record(Admission admission, Outcome outcome, Clock::time_point now) {
  if (!config_) return;
  const Lock lock(mutex_);
  bool probe = admission == Admission::probe;
  // A call that was admitted in an earlier state does not count.
  if (state_ != (probe ? State::half_open : State::closed)) return;
  if (outcome == Outcome::success) {
    state_ = State::closed;
    failures_ = 0;
  } else if (outcome == Outcome::none) {
    if (probe) state_ = State::open; // reset_timeout has passed already, so the next call becomes the probe
  } else if (probe || ++failures_ >= config_->threshold) {
    state_ = State::open;
    open_until_ = now + config_->reset_timeout;
  }
}

CircuitBreaker::State CircuitBreaker::state() const {
  const Lock lock(mutex_);
  return state_;
}

CircuitBreaker::Clock::time_point CircuitBreaker::open_until() const {
  const Lock lock(mutex_);
  return open_until_;
}

} // namespace skerry::host
