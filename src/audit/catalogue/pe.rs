//! Rules about Windows binaries.

rules! { Pe
    PE_MALFORMED Error / Unreadable "PE001" "pe-malformed"
        "A PE file is damaged or truncated. Windows refuses to load it."
        "Microsoft, \"PE Format\""
        "build it again"
    PE_ARCH Error / FixPlatform "PE002" "pe-arch"
        "A binary is for another architecture than the platform tag. Windows refuses to load it."
        "Microsoft, \"PE Format\", machine types"
        "build it for the wheel's architecture, and keep binaries of the source tree out of the wheel"
    PE_IMPORT_OUTSIDE Error / MissingLibrary "PE003" "pe-import-outside"
        "A needed DLL is neither in the wheel nor part of Windows or Python. The import fails unless the user's system happens to have the DLL."
        "Microsoft, \"Dynamic-link library search order\""
        "vendor the DLL into the wheel (delvewheel does), or link it statically"
    PE_SYMBOL_UNDEFINED Error "PE004" "pe-symbol-undefined"
        "A binary imports a symbol that the DLL in the wheel does not export. Windows refuses to load the binary."
        "Microsoft, \"PE Format\", the .idata section"
        "build both from the same sources, and vendor the DLL that it was linked with"
    PE_IMPORT_ELSEWHERE Warning "PE005" "pe-import-elsewhere"
        "A needed DLL is not in the wheel, but something else seems to provide it. The import fails unless it is loaded before, or is found once everything is installed."
        "Microsoft, \"Dynamic-link library search order\"; delvewheel repair --exclude"
        "if that distribution brings it, hide this warning with --exclude; otherwise vendor the DLL into the wheel"
}
