# Makes gochat-node@.service out of gochat-bootnode.service: one node of a fleet,
# of which a machine may have several. Its instance is its UDP port.

s/^# The bootnode as a service\. Its options stand in \/etc\/gochat\/bootnode\.env,$/# One node of a fleet as a service: gochat-node@PORT. The options of all nodes\
# stand in \/etc\/gochat\/bootnode.env, those of one in \/etc\/gochat\/node-PORT.env,/
s/^# see gochat\.env(5), its port in gochat-bootnode\.socket\. /# see gochat.env(5), its port in gochat-node@.socket. /
s/^Description=.*/Description=gochat bootnode, node %i of a fleet/
s/^Requires=.*/Requires=gochat-node@%i.socket/
s/^Environment=METRICS_SOCKET=.*/Environment=METRICS_SOCKET=%t\/gochat-node-%i\/metrics.sock/
s/^Environment=CONTROL_SOCKET=.*/Environment=CONTROL_SOCKET=%t\/gochat-node-%i\/control.sock/
s/^EnvironmentFile=.*/&\
EnvironmentFile=-\/etc\/gochat\/node-%i.env/
s/^SyslogIdentifier=.*/SyslogIdentifier=gochat-node-%i/
s/^RuntimeDirectory=.*/RuntimeDirectory=gochat-node-%i/

# It sends its rooms to the other nodes before it ends.
s/^TimeoutStopSec=.*/TimeoutStopSec=45/
s/^# Five processes, /# Six processes, /

# The engine may be on another machine, and its name may be to be looked up: a
# short-lived process of the node's does that. Its UDP socket still comes from
# systemd.
s/^# Its UDP socket comes from gochat-bootnode\.socket; it can open none\. Unix$/# Its UDP socket comes from gochat-node@.socket. It connects to the engine. Unix/
/^PrivateNetwork=yes$/d
s/^RestrictAddressFamilies=.*/& AF_INET AF_INET6/
