// Linker::define for callables.
#pragma once
