//! Go as text: the exports of a package, and the files that a build of it needs.
pub mod exports;
mod lexer;
pub mod source;
#[cfg(test)]
mod tests;
pub mod tree;
