//! C as text: tokens, the functions that preambles and headers declare, prototypes and their types.
pub mod names;
pub mod number;
pub mod signature;
#[cfg(test)]
mod tests;
mod tokens;
pub mod types;
