//! `file.read`, `file.write` and `file.list`, inside the folders that the owner offers. No name on
//! the way may be a symlink, also while somebody swaps names (SECURITY T39): the kernel walks the
//! path below the folder's own handle, and what it opened is what is used.

mod jail;
mod list;
mod read;
mod write;

pub(crate) use jail::Files;

#[cfg(test)]
mod tests;
