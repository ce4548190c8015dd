# A family is a file src/<family>.cpp; its bindings, tests and benchmarks are found by the same name:
# bindings/bind_<family>.cpp, tests/cpp/<family>/*.cpp, benchmarks/<family>*.cpp.
file(GLOB TENURE_FAMILIES CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/src/*.cpp")
list(TRANSFORM TENURE_FAMILIES REPLACE "\\.cpp$" "")
list(REMOVE_ITEM TENURE_FAMILIES core)
list(PREPEND TENURE_FAMILIES core)  # its types are bound first: every other family's signatures name them
