"""gunicorn's settings wherever it runs: `gunicorn --config python:config.gunicorn config.wsgi`."""

import os

from config import environment
from config.logs import REQUEST_ID_HEADER, logging_config
from serving.limits import CONNECTIONS

bind = f"0.0.0.0:{environment.PORT}"
workers = environment.WEB_CONCURRENCY
worker_class = "serving.worker.Worker"  # gthread whose threads do not wait for slow clients; reasons are there
worker_connections = CONNECTIONS
threads = 4  # a probe is answered while a long request runs
preload_app = True
timeout = 120
graceful_timeout = 30  # below the draining time in .railway/railway.py
keepalive = 5  # seconds; the default of 2 makes an edge proxy reconnect for every request
control_socket_disable = True
if os.access("/dev/shm", os.W_OK):  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108  # a heartbeat on a slow disk looks like a dead worker

loglevel = environment.LOG_LEVEL.lower()
accesslog = "-"
errorlog = "-"
logconfig_dict = logging_config(debug=environment.DEBUG, level=environment.LOG_LEVEL)
access_log_format = f"%(m)s %(U)s %(s)s %(M)sms %({{{REQUEST_ID_HEADER.lower()}}}o)s"
