"""SunSystems: customers of one business unit, over SunSystems Connect."""
