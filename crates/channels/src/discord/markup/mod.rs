//! Our Markdown is nearly Discord's. What Discord would not show is put into a form that it does;
//! everything else stays as it was written.

mod fit;
#[cfg(test)]
mod tests;

pub(super) use fit::fit;
