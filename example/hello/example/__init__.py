from .wrapper import ExtensionAdapter
