//! Rules about Windows binaries.

rules! { Pe
    PE_MALFORMED Error / Unreadable "PE001" "pe-malformed"
        "A damaged or truncated library does not load."
        "Microsoft, \"PE Format\""
        "build it again"
    PE_ARCH Error / FixPlatform "PE002" "pe-arch"
        "A library for another architecture than the tag's does not load."
        "Microsoft, \"PE Format\", machine types"
        "build it for that target; keep binaries from the source tree out of the wheel"
    PE_IMPORT_OUTSIDE Error / MissingLibrary "PE003" "pe-import-outside"
        "The import fails if a DLL is neither in the wheel nor part of Windows or Python."
        "Microsoft, \"Dynamic-link library search order\""
        "vendor the DLL into the wheel (delvewheel does), or link it statically"
    PE_SYMBOL_UNDEFINED Error "PE004" "pe-symbol-undefined"
        "Windows refuses to load a library that imports a symbol which the DLL in the wheel does not export."
        "Microsoft, \"PE Format\", the .idata section"
        "build both from the same sources, and vendor the DLL that it was linked with"
    PE_IMPORT_ELSEWHERE Warning "PE005" "pe-import-elsewhere"
        "The import fails if nothing has loaded the library, or if the search path does not lead to it once everything is installed."
        "Microsoft, \"Dynamic-link library search order\"; delvewheel repair --exclude"
        "nothing, if that distribution brings it: then --exclude hides this warning; otherwise vendor the library into the wheel"
}
