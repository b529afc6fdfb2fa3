//! C as text: tokens, the functions that preambles and headers declare, signatures.
mod lexer;
pub mod names;
pub mod signature;
pub mod type_class;
