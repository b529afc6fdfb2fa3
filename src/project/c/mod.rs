//! C as text: tokens, the functions that preambles and headers declare, prototypes and their types.
pub mod names;
pub mod number;
pub mod outline;
pub mod renamed;
pub mod signature;
mod split;
#[cfg(test)]
mod tests;
mod tokens;
mod typedefs;
pub mod types;
