// Boost.Asio and Boost.Beast are header-only by default; compiling them here,
// once, keeps every file that uses a socket cheap to build.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
