"""What do those who export flows say of themselves? Headers, templates and options of NetFlow and IPFIX.

Standard library only: a small process imports this beside the collectors (headwater.app.tap_process).
"""
