#include "host/pool/lease.hpp"

namespace skerry::host {

Lease::Lease(std::shared_ptr<Generation> generation, BudgetShare buffers, InstancePtr instance)
    : generation_(std::move(generation)), buffers_(std::move(buffers)), instance_(std::move(instance)),
      fuel_before_(instance_->fuel_used()) {}

Lease::~Lease() {
  if (generation_) generation_->give_back(std::move(instance_), fuel_before_);
}

} // namespace skerry::host
