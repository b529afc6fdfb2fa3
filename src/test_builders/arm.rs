//! A 32-bit Arm library without code: headers, a dynamic array and build attributes.

const HEADERS: usize = 52 + 3 * 32;

/// An Arm library that needs `needed`, with these `e_flags` and this section of build attributes.
pub(crate) fn arm_library(needed: &str, flags: u32, attributes: &[u8]) -> Vec<u8> {
    let mut file = vec![0u8; HEADERS];
    let mut put = |bytes: &[u8]| {
        file.resize(file.len().next_multiple_of(16), 0);
        let at = file.len() as u32;
        file.extend(bytes);
        at
    };
    let strings = [b"\0libx.so\0", needed.as_bytes(), b"\0"].concat();
    let strings_at = put(&strings);
    let hash = put(&[1u32, 1, 0, 0].map(u32::to_le_bytes).concat());
    let symbols = put(&[0; 16]);
    let dynamic = [
        [14, 1],
        [1, 9],
        [5, strings_at],
        [10, strings.len() as u32],
        [6, symbols],
        [11, 16],
        [4, hash],
        [0, 0],
    ];
    let dynamic = dynamic.concat().into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>();
    let dynamic_at = put(&dynamic);
    let attributes_at = put(attributes);
    let mut sections = vec![0u8; 40];
    let section = [0, 0x7000_0003, 0, 0, attributes_at, attributes.len() as u32, 0, 0, 1, 0];
    sections.extend(section.map(u32::to_le_bytes).concat());
    let sections_at = put(&sections);
    let whole = file.len() as u32;

    let mut header = b"\x7fELF\x01\x01\x01".to_vec();
    header.resize(16, 0);
    header.extend([3u16, 40].map(u16::to_le_bytes).concat());
    header.extend([1, 0, 52, sections_at, flags].map(u32::to_le_bytes).concat());
    header.extend([52u16, 32, 3, 40, 2, 0].map(u16::to_le_bytes).concat());
    for (kind, flags, at, size) in
        [(1, 5, 0, whole), (2, 6, dynamic_at, dynamic.len() as u32), (0x6474_e551, 6, 0, 0)]
    {
        header.extend([kind, at, at, at, size, size, flags, 4].map(u32::to_le_bytes).concat());
    }
    file[..header.len()].copy_from_slice(&header);
    file
}

/// A section of build attributes: `Tag_CPU_name`, `Tag_CPU_arch`, `Tag_ABI_VFP_args` and one more name.
pub(crate) fn arm_attributes(cpu: &str, arch: u8, vfp_args: Option<u8>) -> Vec<u8> {
    let mut values = vec![5];
    values.extend(cpu.as_bytes());
    values.extend([0, 6, arch]);
    values.extend(vfp_args.iter().flat_map(|args| [28, *args]));
    // Tag_conformance has text, and Tag_ABI_optimization_goals a number.
    values.extend(b"\x432.09\0\x1e\x02");
    let mut file = vec![1];
    file.extend((5 + values.len() as u32).to_le_bytes());
    file.extend(values);
    let mut section = b"A".to_vec();
    section.extend((10 + file.len() as u32).to_le_bytes());
    section.extend(b"aeabi\0");
    section.extend(file);
    section
}
