//! Tests of the command, run the way a user runs it.

#![allow(clippy::unwrap_used, clippy::panic)] // A test that cannot go on has failed.

#[path = "../../src/test_builders/archive.rs"]
mod archive;
mod bad_build;
mod bad_input;
mod bad_options;
mod bad_tools;
mod before;
mod building;
mod c_libraries;
mod cache;
mod check;
mod check_configured;
mod check_fix;
mod check_index;
mod check_misuse;
mod ci;
mod compilers;
mod declarations;
mod documents;
mod first_steps;
mod gates;
mod github;
mod go_flags;
mod hostile;
mod hostile_links;
mod init;
mod init_built;
mod init_existing;
mod inspecting;
mod kept;
mod left_out;
mod merging;
mod merging_abis;
mod missing_libraries;
mod modules;
mod other_packages;
mod outputs;
mod plans;
mod preamble;
mod programs;
mod proxy;
mod publishing;
mod python_abis;
mod python_c_api;
mod runtime_library;
mod runtime_objects;
mod sdk;
mod shared_cache;
mod signatures;
mod support;
mod testing;
mod two_libraries;
mod warming;
