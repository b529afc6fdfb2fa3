from .wrapper import ExtensionAdapter

__version__ = '0.1.0'
