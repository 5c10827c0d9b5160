#include "host/pool/lease.hpp"

#include "host/support/engine_error.hpp"
#include "host/support/fail.hpp"

namespace skerry::host {

Lease::Lease(std::shared_ptr<Generation> generation, BudgetShare buffers, InstancePtr instance)
    : generation_(std::move(generation)), buffers_(std::move(buffers)), instance_(std::move(instance)),
      fuel_before_(instance_->fuel_used()) {}

Expected<Lease> Lease::take(std::shared_ptr<Generation> generation, uint64_t input_bytes,
                            Generation::Clock::time_point start, std::chrono::milliseconds timeout,
                            bool may_wait) {
  const Manifest& manifest = generation->manifest();
  const uint64_t buffer_bytes = input_bytes + manifest.capabilities.max_output_bytes();
  const std::shared_ptr<ByteBudget>& budget = generation->code().services.budget;
  BudgetShare buffers(budget, buffer_bytes);
  if (!buffers)
    return fail(budget_error(manifest, Phase::call, *budget, "the call's buffers need", buffer_bytes));
  auto instance = generation->acquire(start, timeout, may_wait);
  if (!instance) return fail(std::move(instance.error()));
  return Lease(std::move(generation), std::move(buffers), std::move(*instance));
}

Lease::~Lease() {
  if (generation_) generation_->give_back(std::move(instance_), fuel_before_);
}

} // namespace skerry::host
