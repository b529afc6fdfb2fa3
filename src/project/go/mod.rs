//! Go as text: the exports of a package, and the files that a build of it needs.
pub mod exports;
mod includes;
mod lexer;
pub mod source;
mod spelling;
#[cfg(test)]
mod tests;
pub mod tree;
pub mod types;
