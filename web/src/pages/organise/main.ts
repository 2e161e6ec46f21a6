import '../../ui/base/shell'
