//! How much was looked at, for the test that cutting takes linear time.

#[cfg(test)]
thread_local! {
    static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Notes that so many bytes are looked at.
#[cfg(test)]
pub(super) fn look(bytes: usize) {
    LOOKED_AT.with(|sum| sum.set(sum.get() + bytes));
}

/// Nobody asks outside of tests.
#[cfg(not(test))]
pub(super) const fn look(_bytes: usize) {}

/// The bytes that this thread looked at since it was asked last.
#[cfg(test)]
pub(super) fn looked_at() -> usize {
    LOOKED_AT.with(std::cell::Cell::take)
}
