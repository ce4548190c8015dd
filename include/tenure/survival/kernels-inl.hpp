#pragma once

#include <cstddef>

#include "tenure/survival/kernels.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

// Eight doubles side by side, a vector where the compiler has them: g++ 12 keeps an array of sums in memory instead.
#if defined(__GNUC__)
typedef double lanes_8 __attribute__((vector_size(64), aligned(8), may_alias));
#define TENURE_LANES_AT(p) (*reinterpret_cast<const lanes_8*>(p))
#define TENURE_LANES_TO(p) (*reinterpret_cast<lanes_8*>(p))
#define TENURE_LANES_LAST(v) __builtin_shufflevector(v, v, 7, 7, 7, 7, 7, 7, 7, 7)
#define TENURE_LANES_UP_1(v) __builtin_shufflevector(lanes_8{}, v, 0, 8, 9, 10, 11, 12, 13, 14)
#define TENURE_LANES_UP_2(v) __builtin_shufflevector(lanes_8{}, v, 0, 0, 8, 9, 10, 11, 12, 13)
#define TENURE_LANES_UP_4(v) __builtin_shufflevector(lanes_8{}, v, 0, 0, 0, 0, 8, 9, 10, 11)
#else
struct lanes_8 {
  double lane[8] = {};
  double operator[](std::size_t k) const { return lane[k]; }
  friend lanes_8 operator*(const lanes_8& a, const lanes_8& b) {
    lanes_8 out;
    for (std::size_t k = 0; k < 8; ++k)
      out.lane[k] = a.lane[k] * b.lane[k];
    return out;
  }
  friend lanes_8 operator*(double a, const lanes_8& b) {
    lanes_8 out;
    for (std::size_t k = 0; k < 8; ++k)
      out.lane[k] = a * b.lane[k];
    return out;
  }
  friend lanes_8 operator+(const lanes_8& a, double b) {
    lanes_8 out;
    for (std::size_t k = 0; k < 8; ++k)
      out.lane[k] = a.lane[k] + b;
    return out;
  }
  lanes_8& operator+=(const lanes_8& b) {
    for (std::size_t k = 0; k < 8; ++k)
      lane[k] += b.lane[k];
    return *this;
  }
};
template <std::size_t By>
lanes_8 lanes_up(const lanes_8& v) {
  lanes_8 out;
  for (std::size_t k = By; k < 8; ++k)
    out.lane[k] = v.lane[k - By];
  return out;
}
inline lanes_8 lanes_last(const lanes_8& v) {
  lanes_8 out;
  for (double& x : out.lane)
    x = v.lane[7];
  return out;
}
#define TENURE_LANES_AT(p) (*reinterpret_cast<const lanes_8*>(p))
#define TENURE_LANES_TO(p) (*reinterpret_cast<lanes_8*>(p))
#define TENURE_LANES_LAST(v) lanes_last(v)
#define TENURE_LANES_UP_1(v) lanes_up<1>(v)
#define TENURE_LANES_UP_2(v) lanes_up<2>(v)
#define TENURE_LANES_UP_4(v) lanes_up<4>(v)
#endif

TENURE_KERNEL void add_columns(const double* x, std::size_t stride, const std::uint32_t* column, const double* a, std::size_t count, std::size_t rows,
                               double* y) {
  for (std::size_t k = 0; k < count; k += 4) {
    const std::size_t here = count - k < 4 ? count - k : 4;
    const double *x0 = x + column[k] * stride, *x1 = here > 1 ? x + column[k + 1] * stride : x0, *x2 = here > 2 ? x + column[k + 2] * stride : x0,
                 *x3 = here > 3 ? x + column[k + 3] * stride : x0;
    const double a0 = a[k], a1 = here > 1 ? a[k + 1] : 0.0, a2 = here > 2 ? a[k + 2] : 0.0, a3 = here > 3 ? a[k + 3] : 0.0;
    std::size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
      lanes_8 sum = TENURE_LANES_AT(y + i);
      sum += a0 * TENURE_LANES_AT(x0 + i);
      sum += a1 * TENURE_LANES_AT(x1 + i);
      sum += a2 * TENURE_LANES_AT(x2 + i);
      sum += a3 * TENURE_LANES_AT(x3 + i);
      TENURE_LANES_TO(y + i) = sum;
    }
    for (; i < rows; ++i)
      y[i] = (((y[i] + a0 * x0[i]) + a1 * x1[i]) + a2 * x2[i]) + a3 * x3[i];
  }
}

TENURE_KERNEL void dot_columns(const double* x, std::size_t stride, const std::uint32_t* column, std::size_t count, const double* r, std::size_t rows,
                               double* lanes) {
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4, lanes += 32) {
    const double *x0 = x + column[k] * stride, *x1 = x + column[k + 1] * stride, *x2 = x + column[k + 2] * stride, *x3 = x + column[k + 3] * stride;
    lanes_8 s0 = TENURE_LANES_AT(lanes), s1 = TENURE_LANES_AT(lanes + 8), s2 = TENURE_LANES_AT(lanes + 16), s3 = TENURE_LANES_AT(lanes + 24);
    std::size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
      const lanes_8 v = TENURE_LANES_AT(r + i);
      s0 += v * TENURE_LANES_AT(x0 + i);
      s1 += v * TENURE_LANES_AT(x1 + i);
      s2 += v * TENURE_LANES_AT(x2 + i);
      s3 += v * TENURE_LANES_AT(x3 + i);
    }
    TENURE_LANES_TO(lanes) = s0, TENURE_LANES_TO(lanes + 8) = s1, TENURE_LANES_TO(lanes + 16) = s2, TENURE_LANES_TO(lanes + 24) = s3;
    for (std::size_t lane = 0; i < rows; ++i, ++lane) {
      lanes[lane] += r[i] * x0[i];
      lanes[8 + lane] += r[i] * x1[i];
      lanes[16 + lane] += r[i] * x2[i];
      lanes[24 + lane] += r[i] * x3[i];
    }
  }
  for (; k < count; ++k, lanes += 8) {
    const double* x0 = x + column[k] * stride;
    lanes_8 sum = TENURE_LANES_AT(lanes);
    std::size_t i = 0;
    for (; i + 8 <= rows; i += 8)
      sum += TENURE_LANES_AT(r + i) * TENURE_LANES_AT(x0 + i);
    TENURE_LANES_TO(lanes) = sum;
    for (std::size_t lane = 0; i < rows; ++i, ++lane)
      lanes[lane] += r[i] * x0[i];
  }
}

// Eight rows are summed in three steps inside a vector, then the sum so far is added.
#define TENURE_SCAN_STEP(J)                     \
  lanes_8 v##J = v * TENURE_LANES_AT(x##J + i); \
  v##J += TENURE_LANES_UP_1(v##J);              \
  v##J += TENURE_LANES_UP_2(v##J);              \
  v##J += TENURE_LANES_UP_4(v##J);              \
  v##J += s##J;                                 \
  TENURE_LANES_TO(out##J + i) = v##J;           \
  s##J = TENURE_LANES_LAST(v##J);

TENURE_KERNEL void running_sums(const double* x, std::size_t stride, std::size_t cols, const double* r, std::size_t rows, double* sum, double* out,
                                std::size_t out_stride) {
  std::size_t j = 0;
  for (; j + 2 <= cols; j += 2) {
    const double *x0 = x + j * stride, *x1 = x0 + stride;
    double *out0 = out + j * out_stride, *out1 = out0 + out_stride;
    lanes_8 s0 = lanes_8{} + sum[j], s1 = lanes_8{} + sum[j + 1];
    std::size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
      const lanes_8 v = TENURE_LANES_AT(r + i);
      TENURE_SCAN_STEP(0)
      TENURE_SCAN_STEP(1)
    }
    sum[j] = s0[0], sum[j + 1] = s1[0];
    for (; i < rows; ++i) {
      out0[i] = sum[j] += r[i] * x0[i];
      out1[i] = sum[j + 1] += r[i] * x1[i];
    }
  }
  for (; j < cols; ++j) {
    const double* x0 = x + j * stride;
    double* out0 = out + j * out_stride;
    lanes_8 s0 = lanes_8{} + sum[j];
    std::size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
      const lanes_8 v = TENURE_LANES_AT(r + i);
      TENURE_SCAN_STEP(0)
    }
    sum[j] = s0[0];
    for (; i < rows; ++i)
      out0[i] = sum[j] += r[i] * x0[i];
  }
}
#undef TENURE_SCAN_STEP

TENURE_KERNEL double dot(const double* x, const double* y, std::size_t n) {
  lanes_8 first = {}, second = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    first += TENURE_LANES_AT(x + i) * TENURE_LANES_AT(y + i);
    second += TENURE_LANES_AT(x + i + 8) * TENURE_LANES_AT(y + i + 8);
  }
  double sums[16];
  for (std::size_t k = 0; k < 8; ++k) {
    sums[k] = first[k];
    sums[8 + k] = second[k];
  }
  for (std::size_t k = 0; i + k < n; ++k)
    sums[k] += x[i + k] * y[i + k];
  for (std::size_t half = 8; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k)
      sums[k] += sums[k + half];
  return sums[0];
}

TENURE_KERNEL void shift_and_scale(double* x, std::size_t n, double shift, double scale) {
  for (std::size_t i = 0; i < n; ++i)
    x[i] = (x[i] - shift) * scale;
}

TENURE_KERNEL void standardise(const double* y, const double* location, const double* inverse_scale, std::size_t n, double* w) {
  for (std::size_t i = 0; i < n; ++i)
    w[i] = (y[i] - location[i]) * inverse_scale[i];
}

TENURE_KERNEL void extreme_law(const double* w, const double* e, const double* seen, std::size_t n, double* value, double* first, double* second) {
  for (std::size_t i = 0; i < n; ++i) {
    value[i] = seen[i] * w[i] - e[i];
    first[i] = seen[i] - e[i];
    second[i] = -e[i];
  }
}

TENURE_KERNEL void logistic_law(const double* w, const double* F, const double* above, const double* seen, std::size_t n, double* value, double* first,
                                double* second) {
  for (std::size_t i = 0; i < n; ++i) {
    const double terms = 1.0 + seen[i], head = F[i];
    value[i] = seen[i] * w[i] - terms * above[i];
    first[i] = seen[i] - terms * head;
    second[i] = -terms * (head * (1.0 - head));
  }
}

TENURE_KERNEL void location_scale_terms(const double* w, const double* first, const double* second, const double* seen, const double* log_scale,
                                        const double* inverse_scale, std::size_t n, const location_scale& out) {
  for (std::size_t i = 0; i < n; ++i) {
    const double a = first[i], b = second[i], s = inverse_scale[i], wb = w[i] * b;
    out.value[i] -= seen[i] * log_scale[i];
    out.u[i] = -a * s;
    out.t[i] = -w[i] * a - seen[i];
    out.uu[i] = b * (s * s);
    out.ut[i] = (a + wb) * s;
    out.tt[i] = w[i] * (a + wb);
  }
}

#undef TENURE_LANES_AT
#undef TENURE_LANES_TO
#undef TENURE_LANES_LAST
#undef TENURE_LANES_UP_1
#undef TENURE_LANES_UP_2
#undef TENURE_LANES_UP_4

}  // namespace tenure::inline TENURE_ABI::survival::detail
