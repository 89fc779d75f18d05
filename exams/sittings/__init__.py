"""Venues, rooms, seats, the timetable, seating, the duty roster, random draws and tickets."""
