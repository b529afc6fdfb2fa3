//! Rules about binaries of Windows.

use super::rules;

rules! { Pe:
    PE_MALFORMED Error "PE001" "pe-malformed"
        "A damaged or truncated library does not load."
        "Microsoft, \"PE Format\""
        "build it again"
    PE_ARCH Error "PE002" "pe-arch"
        "A library for another processor than the tag's does not load."
        "Microsoft, \"PE Format\", machine types"
        "build it for that target; a binary that was in the source tree must stay out"
    PE_IMPORT_OUTSIDE Error "PE003" "pe-import-outside"
        "A DLL that is neither in the wheel, part of Windows, nor part of Python makes the import fail."
        "Microsoft, \"Dynamic-link library search order\""
        "put the DLL into the wheel (delvewheel does), or link it statically"
}
