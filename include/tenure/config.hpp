#pragma once

// Version and build mode.
//
// The same text builds two ways. The CMake target `tenure::tenure` defines TENURE_COMPILED: headers only declare, the library
// carries the definitions. `tenure::headers` defines nothing: every `x.hpp` pulls in its `x-inl.hpp`. The two modes live in
// different inline namespaces, so that objects built in different modes refuse to link instead of colliding silently.

#define TENURE_VERSION_MAJOR 0
#define TENURE_VERSION_MINOR 1
#define TENURE_VERSION_PATCH 0
#define TENURE_VERSION "0.1.0"

#if defined(TENURE_COMPILED)
#define TENURE_INLINE
#define TENURE_ABI compiled_v0
#else
#define TENURE_INLINE inline
#define TENURE_ABI headers_v0
#endif

// A hot loop that is compiled once per instruction set and chosen at load time. Only the compiled library does this, and only
// where the tool chain can (g++ on x86-64 ELF); elsewhere the portable body is used.
#if defined(TENURE_COMPILED) && defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define TENURE_KERNEL __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define TENURE_KERNEL TENURE_INLINE
#endif
