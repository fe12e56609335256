//! How large a JPEG is, from its own header.

/// Width and height in pixels; `None` if it is no JPEG.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, tail @ ..] = rest else {
            return None;
        };
        // Every frame header but those of other tables in the same range (DHT, JPG, DAC).
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_precision, h1, h2, w1, w2, ..] = tail else {
                return None;
            };
            let number = |high: &u8, low: &u8| u32::from(*high) << 8 | u32::from(*low);
            return Some((number(w1, w2), number(h1, h2)));
        }
        let length = usize::from(*high) << 8 | usize::from(*low);
        rest = tail.get(length.checked_sub(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn the_size_is_in_the_frame_header() {
        let head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
        let frame = [0xff, 0xc0, 0, 17, 8, 1, 2, 3, 4, 3];
        let picture = [head.as_slice(), &frame].concat();
        assert_eq!(size(&picture), Some((0x304, 0x102)));
        for cut in 0..picture.len() - 1 {
            assert_eq!(size(&picture[..cut]), None, "{cut}");
        }
        assert_eq!(size(b"\x89PNG"), None);
        assert_eq!(size(&[0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0]), None);
    }
}
