//! The script that every page of a canvas gets: it carries what people do on the page to whoever
//! shows it, and loads the page again when its files change.

/// The script; it knows nothing of the gateway but its own address.
pub(super) const SCRIPT: &str = include_str!("bridge.js");

/// The page with the script in front of everything that is in it. A page that is loaded again when
/// its canvas changes is told of what state of it it was made.
pub(super) fn with_bridge(page: &[u8], base: &str, stamp: Option<&str>) -> Vec<u8> {
    let mark = stamp.map_or_else(String::new, |stamp| format!(" data-live=\"{stamp}\""));
    let tag = format!("<script src=\"{base}bridge.js\"{mark}></script>");
    let at = place(page);
    let (before, after) = page.split_at_checked(at).unwrap_or((page, b""));
    [before, tag.as_bytes(), after].concat()
}

/// Behind `<head>`, else behind `<html>`, else behind the doctype, else at the beginning.
fn place(page: &[u8]) -> usize {
    ["<head", "<html", "<!doctype"]
        .into_iter()
        .find_map(|tag| end_of_tag(page, tag.as_bytes()))
        .unwrap_or(0)
}

/// Where the first tag of this name ends.
fn end_of_tag(page: &[u8], tag: &[u8]) -> Option<usize> {
    let starts = |window: &[u8]| window.eq_ignore_ascii_case(tag);
    let ends_name = |at: usize| {
        page.get(at)
            .is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
    };
    let (at, _) = page
        .windows(tag.len())
        .enumerate()
        .find(|(at, window)| starts(window) && ends_name(at + tag.len()))?;
    let rest = page.get(at..)?;
    Some(at + rest.iter().position(|byte| *byte == b'>')? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stands_before_everything_else() {
        let tag = "<script src=\"/c/bridge.js\"></script>";
        for (page, expected) in [
            (
                "<!doctype html><html><head><title>x",
                format!("<!doctype html><html><head>{tag}<title>x"),
            ),
            (
                "<!DOCTYPE html><HTML lang=en>x",
                format!("<!DOCTYPE html><HTML lang=en>{tag}x"),
            ),
            (
                "<html><HEAD class='a'>x",
                format!("<html><HEAD class='a'>{tag}x"),
            ),
            (
                "<!doctype html><header>x",
                format!("<!doctype html>{tag}<header>x"),
            ),
            ("<p>x", format!("{tag}<p>x")),
            ("", tag.to_owned()),
            ("<head", format!("{tag}<head")),
            ("<head ", format!("{tag}<head ")),
        ] {
            let made = with_bridge(page.as_bytes(), "/c/", None);
            assert_eq!(String::from_utf8(made).unwrap(), expected);
        }
        let live = with_bridge(b"", "/c/", Some("7"));
        assert_eq!(
            live,
            b"<script src=\"/c/bridge.js\" data-live=\"7\"></script>"
        );
    }

    #[test]
    fn a_page_of_any_bytes_stays_as_it_is_around_the_script() {
        let page = b"\xff\xfe<he\0ad>\x80";
        let made = with_bridge(page, "/c/", None);
        assert!(made.ends_with(page));
    }
}
