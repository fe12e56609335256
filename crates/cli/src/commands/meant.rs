//! Naming a device, a node or a question by the beginning of its id.

use tidegate_core::node::ID_BEGINNING;

use crate::output::one_line;

/// Whether these words are the beginning of this id, and enough of it.
pub(super) fn begins(id: &str, meant: &str, least: usize) -> bool {
    meant.len() >= least && id.starts_with(meant)
}

/// Why nothing was found: it is unknown, or too little of an id was said.
pub(super) fn nobody<'i>(
    kind: &str,
    meant: &str,
    mut ids: impl Iterator<Item = &'i str>,
) -> String {
    let shown = one_line(meant, 64);
    if !meant.is_empty() && ids.any(|id| id.starts_with(meant)) {
        format!("{shown:?} is too little of an id: say at least {ID_BEGINNING} characters of it")
    } else {
        format!("no {kind} is called {shown:?} or has an id that begins so")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_of_an_id_is_said_to_be_that() {
        let ids = ["abcdef01"];
        let said = |meant: &str| nobody("node", meant, ids.into_iter());
        let begins = |meant: &str| begins("abcdef01", meant, ID_BEGINNING);
        assert!(begins("abcdef") && !begins("abcde") && !begins("abcdee"));
        assert!(said("abc").contains("at least 6 characters"));
        for unknown in ["", "Box", "abd"] {
            assert!(said(unknown).starts_with("no node is called"), "{unknown}");
        }
    }
}
