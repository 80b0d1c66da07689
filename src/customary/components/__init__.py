"""The SunSystems Connect components that the hub answers itself."""
