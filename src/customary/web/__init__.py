"""What is answered over HTTP: SunSystems Connect's services, and whether the program is well.

| file | what is in it |
|---|---|
| ``app`` | the application: its routes, wired once |
| ``server`` | the server, which runs in a thread beside the agent |
| ``soap`` | the SOAP services, from an HTTP request to an HTTP answer |
| ``receiving`` | a request as it comes in: small parameters, and a payload of any size in a file |
| ``growing`` | an answer of any size that is sent while it is made |
| ``services`` | what each operation of the services does |
"""
