//! Whether two executables run the same code.

use super::error::GateError;
use std::fs;
use std::path::Path;

/// A part of an executable that is loaded: its address, and its bytes.
type Part = (u64, Vec<u8>);

/// Whether the executables differ in nothing that is loaded but the paths that
/// they were built at; `paths` are pairs of equal length.
///
/// Debug information and the names of symbols, which hold hashes of the
/// source, are not loaded. What is no 64-bit little-endian ELF file is compared
/// as a whole.
pub(super) fn is_same_code(
    base: &Path,
    head: &Path,
    paths: &[(&Path, &Path)],
) -> Result<bool, GateError> {
    let read = |path: &Path| fs::read(path).map_err(GateError::file("read", path));
    let loaded = |bytes: Vec<u8>| loaded(&bytes).unwrap_or_else(|| vec![(0, bytes)]);
    let (mut base, head) = (loaded(read(base)?), loaded(read(head)?));
    for (_, bytes) in &mut base {
        for (of_base, of_head) in paths {
            let [of_base, of_head] = [of_base, of_head].map(|path| path.as_os_str());
            replace(
                bytes,
                of_base.as_encoded_bytes(),
                of_head.as_encoded_bytes(),
            );
        }
    }
    Ok(base == head)
}

/// The sections of an ELF file that are loaded, but for notes (the linker's
/// build id is one); none if it is no such file. Offsets and sizes are those of
/// the System V ABI's `Elf64_Ehdr` and `Elf64_Shdr`.
fn loaded(file: &[u8]) -> Option<Vec<Part>> {
    const ELF_64_BITS_LITTLE_ENDIAN: &[u8] = b"\x7fELF\x02\x01";
    const NOTE: u64 = 7;
    const NO_BITS: u64 = 8;
    const ALLOCATED: u64 = 2;
    if !file.starts_with(ELF_64_BITS_LITTLE_ENDIAN) {
        return None;
    }
    let headers = number(file, 0x28, 8)?;
    let header_bytes = number(file, 0x3a, 2)?;
    let count = number(file, 0x3c, 2)?;
    let mut parts = Vec::new();
    for index in 0..count {
        let header =
            usize::try_from(headers.checked_add(index.checked_mul(header_bytes)?)?).ok()?;
        let field = |at: usize, bytes| number(file, header.checked_add(at)?, bytes);
        let kind = field(0x04, 4)?;
        if field(0x08, 8)? & ALLOCATED == 0 || kind == NOTE {
            continue;
        }
        let (address, offset, size) = (field(0x10, 8)?, field(0x18, 8)?, field(0x20, 8)?);
        let bytes = if kind == NO_BITS {
            // Nothing of it is in the file, but its size counts.
            size.to_le_bytes().to_vec()
        } else {
            let start = usize::try_from(offset).ok()?;
            let end = start.checked_add(usize::try_from(size).ok()?)?;
            file.get(start..end)?.to_vec()
        };
        parts.push((address, bytes));
    }
    // Stripped of its section headers, it shows nothing that can be compared.
    (!parts.is_empty()).then_some(parts)
}

/// A number of up to eight bytes, the lowest first.
fn number(file: &[u8], at: usize, bytes: usize) -> Option<u64> {
    let bytes = file.get(at..at.checked_add(bytes)?)?;
    let value = bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte));
    Some(value)
}

/// Replaces every `old` by a `new` of the same length.
fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    if old.is_empty() || old.len() != new.len() {
        return;
    }
    let mut at = 0;
    while at + old.len() <= bytes.len() {
        if bytes[at] == old[0] && bytes[at..].starts_with(old) {
            bytes[at..at + old.len()].copy_from_slice(new);
            at += old.len();
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(base: &[u8], head: &[u8]) -> bool {
        let place = tempfile::tempdir().expect("a folder");
        let path = |name| place.path().join(name);
        fs::write(path("b"), base).expect("a file");
        fs::write(path("h"), head).expect("a file");
        let paths = [(Path::new("/x/base"), Path::new("/x/head"))];
        is_same_code(&path("b"), &path("h"), &paths).expect("files")
    }

    /// An ELF file with one section of each kind: code, a note, and a symbol
    /// table.
    fn elf(code: &str, note: &str, symbols: &str) -> Vec<u8> {
        let contents = [code, note, symbols].concat();
        let mut file = vec![0; 0x40];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        file[0x28..0x30].copy_from_slice(&(0x40 + contents.len() as u64).to_le_bytes());
        file[0x3a] = 0x40;
        file[0x3c] = 3;
        file.extend(contents.bytes());
        let mut offset = 0x40;
        for (kind, flags, text) in [(1_u32, 2_u64, code), (7, 2, note), (2, 0, symbols)] {
            let mut header = vec![0; 0x40];
            header[0x04..0x08].copy_from_slice(&kind.to_le_bytes());
            header[0x08..0x10].copy_from_slice(&flags.to_le_bytes());
            header[0x18..0x20].copy_from_slice(&(offset as u64).to_le_bytes());
            header[0x20..0x28].copy_from_slice(&(text.len() as u64).to_le_bytes());
            file.extend(header);
            offset += text.len();
        }
        file
    }

    #[test]
    fn paths_build_ids_and_names_of_symbols_are_no_code() {
        let base = elf("call /x/base/a", "id 1", "anon.17");
        assert!(same(&base, &elf("call /x/head/a", "id 2", "anon.18")));
        assert!(!same(&base, &elf("call /x/head/b", "id 1", "anon.17")));
        assert!(!same(&base, &elf("call /x/head/a.", "id 1", "anon.17")));
    }

    #[test]
    fn what_is_no_elf_file_is_compared_as_a_whole() {
        assert!(same(b"#!/x/base/sh", b"#!/x/head/sh"));
        assert!(!same(b"code", b"cide"));
        // Cut off in its headers.
        let whole = elf("a", "b", "c");
        assert!(!same(&whole[..whole.len() - 0x38], &whole));
        assert!(same(&whole[..0x45], &whole[..0x45]));
    }
}
