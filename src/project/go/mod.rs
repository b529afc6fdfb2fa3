//! Go as text: what a package exports, and which files it is built from.
pub mod exports;
mod lexer;
pub mod source;
#[cfg(test)]
mod tests;
pub mod tree;
