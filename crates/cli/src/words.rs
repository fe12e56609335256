//! How far two words are apart, for guessing which was meant.

/// How many letters must change (Levenshtein's distance, a swap of neighbours counting one).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at =
                |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, j) + usize::from(x != y))
                .min(at(&last, j + 1) + 1)
                .min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

/// Names with dots like this one, at most two: few letters differ, else the last word is the same.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    /// Letters that may differ.
    const FEW: usize = 3;
    let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
    let all: Vec<_> = names
        .into_iter()
        .map(|other| (distance(name, other), other))
        .collect();
    let few = FEW.min(name.len() / 2);
    let mut near: Vec<_> = all.iter().filter(|(steps, _)| *steps <= few).collect();
    if near.is_empty() {
        near = all
            .iter()
            .filter(|(_, other)| last(other) == last(name))
            .collect();
    }
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(2).map(|(_, name)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["system.which", "system.run", "file.read", "system.which"];
        assert_eq!(nearest("system.wich", names), ["system.which"]);
        assert_eq!(nearest("node.read", names), ["file.read"]);
        assert_eq!(nearest("zzzzzzzzzz", names), [] as [&str; 0]);
    }

    #[test]
    fn letters_that_must_change() {
        assert_eq!(distance("port", "prot"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("abc", "axc"), 1);
    }
}
