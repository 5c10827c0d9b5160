#include "host/pool/instance_pool.hpp"

#include "host/support/fail.hpp"
#include "host/support/out_of_memory.hpp"

#include <algorithm>
#include <utility>

namespace skerry::host {

InstancePool::InstancePool(InstancePtr first, uint32_t size, uint32_t max_waiting, Make make,
                           std::shared_ptr<InstanceCap> cap)
    : make_(std::move(make)), cap_(std::move(cap)), max_waiting_(max_waiting), size_(size) {
  idle_.reserve(std::max(size, 1u)); // so that giving back an instance allocates nothing
  idle_.push_back(std::move(first));
}

InstancePool::~InstancePool() { (void)close(); }

skerry::Expected<InstancePool::InstancePtr, InstancePool::Failure>
InstancePool::acquire(Clock::time_point deadline) {
  Lock lock(mutex_);
  if (closed_) return fail(Refused::closed);
  if (waiting_.empty() && !idle_.empty()) {
    InstancePtr instance = std::move(idle_.back());
    idle_.pop_back();
    return instance;
  }
  // The host's cap may allow fewer instances than the pool's size. The pool keeps one place even
  // while it has no instance, so it takes a place from the cap only if it already has an instance.
  if (waiting_.empty() && may_make() && (existing_ == 0 || cap_->take())) {
    ++existing_;
    lock.unlock();
    return make_one();
  }
  if (waiting_.size() >= max_waiting_) return fail(Refused::full);
  auto served = wait(lock, deadline);
  lock.unlock();
  if (!served || *served) return served;
  return make_one();
}

/// Makes an instance. The caller has already counted the instance in `existing_`.
skerry::Expected<InstancePool::InstancePtr, InstancePool::Failure> InstancePool::make_one() {
  auto made = catching_out_of_memory("", Phase::instantiate, "making an instance", make_);
  if (made) return std::move(*made);
  release(nullptr);
  return fail(Failure(std::move(made.error())));
}

/// Waits until another thread serves this caller, and returns what that thread assigned: an instance, or
/// null. Null permits the caller to make an instance itself. An instance that is assigned just as the
/// deadline passes is still taken.
skerry::Expected<InstancePool::InstancePtr, InstancePool::Failure>
InstancePool::wait(Lock& lock, Clock::time_point deadline) {
  Waiter waiter;
  waiting_.push_back(&waiter);
  while (!waiter.served && !waiter.refused) {
    if (!waiter.wake.wait_until(lock, deadline)) break;
  }
  if (waiter.served) return std::move(waiter.instance);
  if (waiter.refused) return fail(Refused::closed);
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &waiter));
  if (closed_) unused_.notify_all();
  return fail(Refused::late);
}

void InstancePool::serve(Waiter& waiter, InstancePtr instance) {
  waiter.instance = std::move(instance);
  waiter.served = true;
  // Notified with the mutex held, because the waiter is destroyed as soon as its thread sees `served`.
  waiter.wake.notify_one();
}

/// Permits waiting callers to make instances, as far as the pool's size and the host's cap allow.
void InstancePool::serve_next() {
  while (!waiting_.empty() && may_make() && (existing_ == 0 || cap_->take())) {
    ++existing_;
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    serve(*next, nullptr);
  }
}

/// Removes an instance from the count and gives back its place under the host's cap. The pool keeps the place
/// of its last instance until the pool is closed.
void InstancePool::forget_instance() {
  if (--existing_ > 0) cap_->give_back();
  if (existing_ == 0 && ended_ && !std::exchange(gave_up_, true)) cap_->give_back();
}

void InstancePool::park() {
  Lock lock(mutex_);
  ++parked_;
  if (closed_) unused_.notify_all();
}

bool InstancePool::unpark() {
  Lock lock(mutex_);
  --parked_;
  return !refuse_parked_;
}

void InstancePool::release(InstancePtr instance) noexcept {
  InstancePtr surplus; // destroyed without the lock
  Lock lock(mutex_);
  if (existing_ > size_ || ended_) surplus = std::move(instance);
  if (!instance) {
    forget_instance();
    serve_next();
  } else if (!waiting_.empty()) {
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    serve(*next, std::move(instance));
  } else {
    idle_.push_back(std::move(instance));
  }
  if (closed_) unused_.notify_all();
  lock.unlock();
}

void InstancePool::resize(uint32_t size) {
  std::vector<InstancePtr> surplus;
  Lock lock(mutex_);
  idle_.reserve(std::max(size, 1u));
  surplus.reserve(idle_.size());
  size_ = std::max(size, 1u);
  while (existing_ > size_ && !idle_.empty()) {
    surplus.push_back(std::move(idle_.back()));
    idle_.pop_back();
    forget_instance();
  }
  serve_next();
  lock.unlock();
}

void InstancePool::wait_until_unused(Lock& lock) {
  while (!waiting_.empty() || existing_ != idle_.size() + parked_) unused_.wait(lock);
}

void InstancePool::drain() {
  Lock lock(mutex_);
  closed_ = true;
  wait_until_unused(lock);
}

void InstancePool::refuse_all() {
  closed_ = true;
  for (Waiter* waiter : waiting_) {
    waiter->refused = true;
    waiter->wake.notify_one();
  }
  waiting_.clear();
}

void InstancePool::stop_admitting() {
  Lock lock(mutex_);
  refuse_all();
}

std::vector<InstancePool::InstancePtr> InstancePool::close(bool refuse_parked) {
  Lock lock(mutex_);
  refuse_all();
  refuse_parked_ |= refuse_parked;
  wait_until_unused(lock);
  std::vector<InstancePtr> left;
  left.swap(idle_);
  ended_ = true;
  for (size_t i = 0; i < left.size(); ++i) forget_instance();
  if (existing_ == 0 && !std::exchange(gave_up_, true))
    cap_->give_back(); // its last instance was discarded before
  return left;
}

uint32_t InstancePool::size() const {
  const Lock lock(mutex_);
  return size_;
}

PoolUsage InstancePool::usage() const {
  const Lock lock(mutex_);
  return {existing_, existing_ - static_cast<uint32_t>(idle_.size()), static_cast<uint32_t>(waiting_.size())};
}

} // namespace skerry::host
