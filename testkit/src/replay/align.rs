//! Two lists of names side by side.

/// A step through two lists side by side, with the places in them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Both(usize, usize),
    Old(usize),
    New(usize),
}

/// Aligns two lists of names on their longest common subsequence.
pub(super) fn align(old: &[String], new: &[String]) -> Vec<Step> {
    let (mut at_old, mut at_new) = (0, 0);
    let mut steps = Vec::new();
    while let (Some((name, old_rest)), Some((other, new_rest))) = (
        old.get(at_old..).and_then(<[_]>::split_first),
        new.get(at_new..).and_then(<[_]>::split_first),
    ) {
        let both = name == other;
        let skip_old = !both
            && common(old_rest, new.get(at_new..).unwrap_or_default())
                >= common(old.get(at_old..).unwrap_or_default(), new_rest);
        steps.push(match (both, skip_old) {
            (true, _) => Step::Both(at_old, at_new),
            (false, true) => Step::Old(at_old),
            (false, false) => Step::New(at_new),
        });
        at_old += usize::from(both || skip_old);
        at_new += usize::from(!skip_old);
    }
    steps.extend((at_old..old.len()).map(Step::Old));
    steps.extend((at_new..new.len()).map(Step::New));
    steps
}

/// Length of the longest common subsequence.
fn common(left: &[String], right: &[String]) -> usize {
    let mut row = vec![0; right.len() + 1];
    for old in left {
        let mut diagonal = 0;
        let mut before = 0;
        for (new, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let above = *cell;
            *cell = if old == new {
                diagonal + 1
            } else {
                above.max(before)
            };
            (diagonal, before) = (above, *cell);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Whether a neighbour is of the same sort, and the other side has the sort.
pub(super) fn is_repeat(sorts: &[String], at: usize, other: &[String]) -> bool {
    let own = sorts.get(at);
    if !own.is_some_and(|own| other.contains(own)) {
        return false;
    }
    own == sorts.get(at + 1)
        || at
            .checked_sub(1)
            .is_some_and(|before| own == sorts.get(before))
}
