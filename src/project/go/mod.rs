//! Go as text: the exports of a package, and the files that a build of it needs.
pub mod archive;
mod cgo_files;
mod constraint;
mod descriptions;
mod embed;
pub mod exports;
mod includes;
mod lexer;
mod lost_workspace;
pub mod modfile;
mod modules;
pub mod package;
mod packages;
pub mod reserved;
pub mod source;
mod spelling;
#[cfg(test)]
mod tests;
pub mod tree;
pub mod types;
