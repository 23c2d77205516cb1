"""JCC's older interface, GGS2: SOAP 1.1 on the same agenda and the same bookings as the REST interface beside it."""
