//! Chat networks. Each is a folder with its typed API, a pure mapping, and fixtures.
