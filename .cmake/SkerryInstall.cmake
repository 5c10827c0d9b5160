# Install rules: libraries, public headers, find_package(skerry) and pkg-config.
