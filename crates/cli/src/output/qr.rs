//! A picture to scan, from half blocks: two rows of modules in each line of text.

use anyhow::Context as _;
use qrcode::{Color, EcLevel, QrCode};

use super::Screen;

/// Light modules around the picture; scanners need them, four by the standard.
const MARGIN: usize = 4;

/// The picture of a text. In colours it is black on white whatever the terminal is; without, light
/// is drawn, as on a dark terminal.
///
/// # Errors
/// The text is too long for a picture.
pub(crate) fn qr(screen: &Screen, text: &str) -> anyhow::Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L)
        .context("the code is too long for a picture")?;
    let width = code.width();
    let colors = code.to_colors();
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(MARGIN).filter(|at| *at < width);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => colors.get(y * width + x) == Some(&Color::Dark),
            _ => false,
        }
    };
    let painted = screen.out().on;
    let side = width + 2 * MARGIN;
    let lines = (0..side).step_by(2).map(|y| {
        let row: String = (0..side)
            .map(|x| block(dark(x, y) == painted, dark(x, y + 1) == painted))
            .collect();
        if painted {
            format!("\x1b[30;107m{row}\x1b[0m\n")
        } else {
            format!("{row}\n")
        }
    });
    Ok(lines.collect())
}

/// A character with its upper and its lower half inked or not.
const fn block(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the modules back from the characters, light as inked.
    fn read(picture: &str) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in picture.lines() {
            let inked = |on: [char; 2]| line.chars().map(|c| !on.contains(&c)).collect();
            rows.push(inked(['█', '▀']));
            rows.push(inked(['█', '▄']));
        }
        rows
    }

    #[test]
    fn every_module_is_where_it_belongs() {
        let text = "eyJ1cmwiOiJ3czovLzEwLjAuMC41OjE4Nzg5In0";
        let picture = qr(&Screen::of_width(80), text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
        let (width, colors) = (code.width(), code.to_colors());
        let rows = read(&picture);
        assert_eq!(rows[0].len(), width + 2 * MARGIN);
        for (y, row) in rows.iter().enumerate() {
            for (x, dark) in row.iter().enumerate() {
                let inside =
                    (MARGIN..MARGIN + width).contains(&x) && (MARGIN..MARGIN + width).contains(&y);
                let at = || colors[(y - MARGIN) * width + x - MARGIN] == Color::Dark;
                let below = y == width + 2 * MARGIN;
                assert_eq!(*dark, below_or(below, inside && at()), "{x} {y}");
            }
        }
        assert!(
            !picture.contains('\x1b'),
            "no colours where none are wanted"
        );
    }

    /// An odd number of rows leaves half a line over.
    fn below_or(below: bool, dark: bool) -> bool {
        !below && dark
    }

    #[test]
    fn what_does_not_fit_is_no_picture() {
        assert!(qr(&Screen::of_width(80), &"x".repeat(3_000)).is_err());
    }
}
